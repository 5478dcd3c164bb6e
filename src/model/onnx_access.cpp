#include "model/onnx_access.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>

#include "core/elide.h"

namespace saccade::model {
namespace {

using onnx::TensorProto;

template <typename T>
std::vector<T> raw_values(const TensorProto& tensor) {
    static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");
    std::vector<T> values(tensor.raw_data().size() / sizeof(T));
    if (!values.empty()) {
        std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(T));
    }
    return values;
}

/// IEEE binary16 to binary32.
float from_half(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fU;
    const std::uint32_t fraction = half & 0x3ffU;
    if (exponent == 0) {  // zero and subnormals: fraction * 2^-24
        const float value = static_cast<float>(fraction) * 0x1p-24F;
        return sign != 0 ? -value : value;
    }
    const std::uint32_t wide = exponent == 31 ? 255U : exponent + 112U;
    return std::bit_cast<float>(sign | (wide << 23) | (fraction << 13));
}

/// From raw bytes, or from the list fields as 16-bit numbers in int32_data.
template <typename Convert>
std::vector<float> sixteen_bit_values(const TensorProto& tensor, Convert convert) {
    std::vector<float> values;
    if (tensor.has_raw_data()) {
        for (const auto bits : raw_values<std::uint16_t>(tensor)) values.push_back(convert(bits));
    } else {
        for (const auto bits : tensor.int32_data()) {
            values.push_back(convert(static_cast<std::uint16_t>(bits)));
        }
    }
    return values;
}

float from_bfloat(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace

std::string shown(const onnx::NodeProto& node) {
    return fmt::format("node '{}' ({})", elided(node.name()), elided(node.op_type()));
}

bool read_integers(const TensorProto& tensor, std::vector<std::int64_t>& values) {
    if (tensor.data_type() == TensorProto::INT64) {
        if (tensor.has_raw_data()) {
            values = raw_values<std::int64_t>(tensor);
        } else {
            values.assign(tensor.int64_data().begin(), tensor.int64_data().end());
        }
        return true;
    }
    if (tensor.data_type() == TensorProto::INT32) {
        if (tensor.has_raw_data()) {
            const auto narrow = raw_values<std::int32_t>(tensor);
            values.assign(narrow.begin(), narrow.end());
        } else {
            values.assign(tensor.int32_data().begin(), tensor.int32_data().end());
        }
        return true;
    }
    return false;
}

void write_integers(TensorProto& tensor, const std::vector<std::int64_t>& values) {
    tensor.set_data_type(TensorProto::INT64);
    tensor.clear_int64_data();
    tensor.clear_int32_data();
    tensor.clear_dims();
    tensor.add_dims(static_cast<std::int64_t>(values.size()));
    tensor.set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
}

bool read_floats(const TensorProto& tensor, std::vector<float>& values) {
    if (tensor.data_type() == TensorProto::FLOAT) {
        if (tensor.has_raw_data()) {
            values = raw_values<float>(tensor);
        } else {
            values.assign(tensor.float_data().begin(), tensor.float_data().end());
        }
        return true;
    }
    if (tensor.data_type() == TensorProto::FLOAT16) {
        values = sixteen_bit_values(tensor, from_half);
        return true;
    }
    if (tensor.data_type() == TensorProto::BFLOAT16) {
        values = sixteen_bit_values(tensor, from_bfloat);
        return true;
    }
    if (tensor.data_type() == TensorProto::DOUBLE) {
        values.clear();
        const auto narrow = [&](double value) { values.push_back(static_cast<float>(value)); };
        if (tensor.has_raw_data()) {
            for (const double value : raw_values<double>(tensor)) narrow(value);
        } else {
            for (const double value : tensor.double_data()) narrow(value);
        }
        return true;
    }
    return false;
}

const onnx::AttributeProto* attribute(const onnx::NodeProto& node, std::string_view name) {
    for (const auto& candidate : node.attribute()) {
        if (candidate.name() == name) return &candidate;
    }
    return nullptr;
}

std::vector<std::int64_t> integers_attribute(const onnx::NodeProto& node, std::string_view name) {
    const auto* found = attribute(node, name);
    if (found == nullptr) return {};
    return {found->ints().begin(), found->ints().end()};
}

std::int64_t integer_attribute(const onnx::NodeProto& node, std::string_view name,
                               std::int64_t fallback) {
    const auto* found = attribute(node, name);
    return found != nullptr && found->has_i() ? found->i() : fallback;
}

}  // namespace saccade::model
