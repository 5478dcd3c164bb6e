#include "model/onnx_tensor.h"

#include <fmt/format.h>

#include <limits>

#include "core/elide.h"
#include "model/onnx_access.h"

namespace saccade::model {
namespace {

using onnx::TensorProto;

/// Bits of one element as raw_data holds it; 0 for types without a fixed size.
int element_bits(std::int32_t type) {
    // Numbers of onnx.proto; those above 16 are newer than Debian's libonnx.
    switch (type) {
        case TensorProto::UINT8:
        case TensorProto::INT8:
        case TensorProto::BOOL:
        case 17:
        case 18:
        case 19:
        case 20:
        case 24: return 8;  // float8 kinds
        case TensorProto::UINT16:
        case TensorProto::INT16:
        case TensorProto::FLOAT16:
        case TensorProto::BFLOAT16: return 16;
        case TensorProto::FLOAT:
        case TensorProto::INT32:
        case TensorProto::UINT32: return 32;
        case TensorProto::DOUBLE:
        case TensorProto::INT64:
        case TensorProto::UINT64:
        case TensorProto::COMPLEX64: return 64;
        case TensorProto::COMPLEX128: return 128;
        case 21:
        case 22:
        case 23: return 4;  // uint4, int4, float4
        default: return 0;
    }
}

/// Product of the dimensions; nothing where one is negative or the product is over 2^32.
std::optional<std::uint64_t> count(const TensorProto& tensor) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    std::uint64_t total = 1;
    for (const std::int64_t dim : tensor.dims()) {
        if (dim < 0) return std::nullopt;
        const auto n = static_cast<std::uint64_t>(dim);
        if (n > most || (n != 0 && total > most / n)) return std::nullopt;
        total *= n;
    }
    return total;
}

/// Elements in the list fields, which stand in for raw_data in small tensors.
std::uint64_t listed(const TensorProto& t) {
    switch (t.data_type()) {
        case TensorProto::FLOAT: return static_cast<std::uint64_t>(t.float_data_size());
        case TensorProto::COMPLEX64: return static_cast<std::uint64_t>(t.float_data_size()) / 2;
        case TensorProto::DOUBLE: return static_cast<std::uint64_t>(t.double_data_size());
        case TensorProto::COMPLEX128: return static_cast<std::uint64_t>(t.double_data_size()) / 2;
        case TensorProto::INT64: return static_cast<std::uint64_t>(t.int64_data_size());
        case TensorProto::UINT32:
        case TensorProto::UINT64: return static_cast<std::uint64_t>(t.uint64_data_size());
        case TensorProto::STRING: return static_cast<std::uint64_t>(t.string_data_size());
        default: return static_cast<std::uint64_t>(t.int32_data_size());
    }
}

std::uint64_t raw_size(std::uint64_t elements, int bits) {
    return (elements * static_cast<std::uint64_t>(bits) + 7) / 8;
}

}  // namespace

bool is_external(const TensorProto& t) {
    return t.data_location() == TensorProto::EXTERNAL || t.external_data_size() > 0;
}

std::optional<std::uint64_t> byte_size(const TensorProto& t) {
    const auto elements = count(t);
    const int bits = element_bits(t.data_type());
    if (!elements || bits == 0) return std::nullopt;
    return raw_size(*elements, bits);
}

Result<void> check_tensor(const TensorProto& t, const std::string& label) {
    const auto corrupt = [&](const std::string& what) {
        return fail(ErrorCode::corrupt,
                    fmt::format("{}: tensor '{}' {}", label, elided(t.name()), what),
                    "export the model again");
    };
    if (is_external(t)) {
        return fail(ErrorCode::unsupported,
                    label + ": its weights are in a separate file, and only its own bytes are here",
                    "save the model as one file (onnx.save_model without external data)");
    }
    if (t.dims_size() > highest_rank) {
        return corrupt(fmt::format("has {} dimensions, over {}", t.dims_size(), highest_rank));
    }
    const auto elements = count(t);
    if (!elements) return corrupt("has impossible dimensions");
    const int bits = element_bits(t.data_type());
    if (bits == 0 && t.data_type() != TensorProto::STRING) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: tensor '{}' has the unknown element type {}", label,
                                elided(t.name()), t.data_type()),
                    "export the model in FP32 or FP16");
    }
    const std::uint64_t in_lists = bits == 4 ? (*elements + 1) / 2 : *elements;
    if (t.has_raw_data() ? t.raw_data().size() != raw_size(*elements, bits)
                         : listed(t) != in_lists) {
        return corrupt(fmt::format("does not hold the {} values of its shape", *elements));
    }
    return {};
}

}  // namespace saccade::model
