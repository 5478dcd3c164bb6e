#include "model/onnx_check.h"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string_view>
#include <unordered_set>

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
        case 24:
            return 8;  // float8 kinds
        case TensorProto::UINT16:
        case TensorProto::INT16:
        case TensorProto::FLOAT16:
        case TensorProto::BFLOAT16:
            return 16;
        case TensorProto::FLOAT:
        case TensorProto::INT32:
        case TensorProto::UINT32:
            return 32;
        case TensorProto::DOUBLE:
        case TensorProto::INT64:
        case TensorProto::UINT64:
        case TensorProto::COMPLEX64:
            return 64;
        case TensorProto::COMPLEX128:
            return 128;
        case 21:
        case 22:
        case 23:
            return 4;  // uint4, int4, float4
        default:
            return 0;
    }
}

/// Product of the dimensions; nothing where one is negative or the product overflows.
std::optional<std::uint64_t> count(const TensorProto& tensor) {
    std::uint64_t total = 1;
    for (const std::int64_t dim : tensor.dims()) {
        if (dim < 0) return std::nullopt;
        const auto n = static_cast<std::uint64_t>(dim);
        if (n != 0 && total > std::numeric_limits<std::uint32_t>::max() / n) return std::nullopt;
        total *= n;
    }
    return total;
}

/// Elements in the list fields, which stand in for raw_data in small tensors.
std::uint64_t listed(const TensorProto& t) {
    switch (t.data_type()) {
        case TensorProto::FLOAT:
            return static_cast<std::uint64_t>(t.float_data_size());
        case TensorProto::COMPLEX64:
            return static_cast<std::uint64_t>(t.float_data_size()) / 2;
        case TensorProto::DOUBLE:
            return static_cast<std::uint64_t>(t.double_data_size());
        case TensorProto::COMPLEX128:
            return static_cast<std::uint64_t>(t.double_data_size()) / 2;
        case TensorProto::INT64:
            return static_cast<std::uint64_t>(t.int64_data_size());
        case TensorProto::UINT32:
        case TensorProto::UINT64:
            return static_cast<std::uint64_t>(t.uint64_data_size());
        case TensorProto::STRING:
            return static_cast<std::uint64_t>(t.string_data_size());
        default:
            return static_cast<std::uint64_t>(t.int32_data_size());
    }
}

/// Walks a graph and the graphs inside of its nodes. One walk, then thrown away.
class Checker {
  public:
    explicit Checker(const std::string& label) : label_(label) {}

    /// `outer`: values of the enclosing graphs, which a subgraph may read.
    Result<void> graph(const onnx::GraphProto& graph, std::unordered_set<std::string_view> known) {
        for (const auto& input : graph.input()) known.insert(input.name());
        for (const auto& initializer : graph.initializer()) {
            if (auto ok = tensor(initializer); !ok) return ok;
            known.insert(initializer.name());
        }
        if (graph.sparse_initializer_size() > 0) {
            return fail(ErrorCode::unsupported, label_ + ": sparse initializers are not supported",
                        "export the model with dense weights");
        }
        for (const auto& node : graph.node()) {
            for (const auto& input : node.input()) {
                if (input.empty() || known.contains(input)) continue;
                return corrupt(
                    fmt::format("node '{}' ({}) reads '{}', which nothing before it makes",
                                node.name(), node.op_type(), input));
            }
            for (const auto& attribute : node.attribute()) {
                if (auto ok = this->attribute(attribute, known); !ok) return ok;
            }
            for (const auto& output : node.output()) {
                if (!output.empty() && !known.insert(output).second) {
                    return corrupt(fmt::format("value '{}' is made twice", output));
                }
            }
        }
        for (const auto& output : graph.output()) {
            if (!known.contains(output.name())) {
                return corrupt(fmt::format("nothing makes the output '{}'", output.name()));
            }
        }
        return {};
    }

  private:
    Result<void> attribute(const onnx::AttributeProto& attribute,
                           const std::unordered_set<std::string_view>& known) {
        if (attribute.has_t()) {
            if (auto ok = tensor(attribute.t()); !ok) return ok;
        }
        for (const auto& t : attribute.tensors()) {
            if (auto ok = tensor(t); !ok) return ok;
        }
        if (attribute.has_g()) {
            if (auto ok = graph(attribute.g(), known); !ok) return ok;
        }
        for (const auto& g : attribute.graphs()) {
            if (auto ok = graph(g, known); !ok) return ok;
        }
        return {};
    }

    Result<void> tensor(const TensorProto& t) {
        if (t.data_location() == TensorProto::EXTERNAL || t.external_data_size() > 0) {
            return fail(ErrorCode::unsupported,
                        label_ + ": its weights are in a separate file, which is not supported",
                        "save the model as one file (onnx.save_model without external data)");
        }
        const auto elements = count(t);
        if (!elements)
            return corrupt(fmt::format("tensor '{}' has impossible dimensions", t.name()));
        const int bits = element_bits(t.data_type());
        if (bits == 0 && t.data_type() != TensorProto::STRING) {
            return fail(ErrorCode::unsupported,
                        fmt::format("{}: tensor '{}' has the unknown element type {}", label_,
                                    t.name(), t.data_type()));
        }
        const std::uint64_t bytes = (*elements * static_cast<std::uint64_t>(bits) + 7) / 8;
        const std::uint64_t in_lists = bits == 4 ? (*elements + 1) / 2 : *elements;
        if (t.has_raw_data() ? t.raw_data().size() != bytes : listed(t) != in_lists) {
            return corrupt(fmt::format("tensor '{}' does not hold the {} values of its shape",
                                       t.name(), *elements));
        }
        return {};
    }

    [[nodiscard]] tl::unexpected<Error> corrupt(const std::string& what) const {
        return fail(ErrorCode::corrupt, label_ + ": " + what, "export the model again");
    }

    const std::string& label_;
};

}  // namespace

Result<void> check(const onnx::ModelProto& proto, const std::string& label) {
    if (!proto.has_graph() || proto.graph().node_size() == 0) {
        return fail(ErrorCode::corrupt, label + ": holds no network",
                    "check that it is an ONNX model and a complete download");
    }
    if (proto.graph().input_size() == 0) {
        return fail(ErrorCode::unsupported, label + ": the network has no input",
                    "export the model again");
    }
    if (proto.graph().output_size() == 0) {
        return fail(ErrorCode::unsupported, label + ": the network has no output",
                    "export the model again");
    }
    return Checker(label).graph(proto.graph(), {});
}

}  // namespace saccade::model
