// A tensor's type, shape and bytes, and whether they agree. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string>

#include "saccade/error.h"

namespace saccade::model {

/// Dimensions that a tensor may have: backends take 8 or 10 at most.
inline constexpr int highest_rank = 16;

/// Whether its values are in another file.
bool is_external(const onnx::TensorProto& tensor);

/// Bytes of raw_data by type and shape; nothing where a dimension is negative, their product is
/// over 2^32, or the type is unknown or has no fixed size.
std::optional<std::uint64_t> byte_size(const onnx::TensorProto& tensor);

/// That it holds as many values as its shape says. Errors: corrupt, unsupported (type unknown, data
/// outside of the file).
Result<void> check_tensor(const onnx::TensorProto& tensor, const std::string& label);

/// Calls `look` (TensorProto& -> Result<void>) for each tensor of the graph: initializers,
/// attributes, and those of graphs inside of it. Ends at the first error, which is returned.
template <typename Look>
Result<void> for_each_tensor(onnx::GraphProto& graph, const Look& look) {
    for (auto& tensor : *graph.mutable_initializer()) {
        if (auto ok = look(tensor); !ok) return ok;
    }
    for (auto& node : *graph.mutable_node()) {
        for (auto& attribute : *node.mutable_attribute()) {
            if (attribute.has_t()) {
                if (auto ok = look(*attribute.mutable_t()); !ok) return ok;
            }
            for (auto& tensor : *attribute.mutable_tensors()) {
                if (auto ok = look(tensor); !ok) return ok;
            }
            if (attribute.has_g()) {
                if (auto ok = for_each_tensor(*attribute.mutable_g(), look); !ok) return ok;
            }
            for (auto& inner : *attribute.mutable_graphs()) {
                if (auto ok = for_each_tensor(inner, look); !ok) return ok;
            }
        }
    }
    return {};
}

}  // namespace saccade::model
