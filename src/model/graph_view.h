// A graph's values by name: what makes them, what reads them, which are constant. Private to
// src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace saccade::model {

/// Points into the graph, which must outlive it and keep its nodes. Top level only: what subgraphs
/// of If and Loop read is not seen.
class GraphView {
  public:
    explicit GraphView(const onnx::GraphProto& graph);

    /// The node that makes the value; nullptr for graph inputs and initializers.
    [[nodiscard]] const onnx::NodeProto* producer(std::string_view value) const;

    /// An initializer or a Constant node's tensor; nullptr where the value is computed.
    [[nodiscard]] const onnx::TensorProto* constant(std::string_view value) const;

    /// The nodes that read the value, in graph order.
    [[nodiscard]] const std::vector<const onnx::NodeProto*>& consumers(
        std::string_view value) const;

    /// The value that lies behind up to eight nodes of these operators, by their first inputs; the
    /// value itself where such a node does not make it.
    [[nodiscard]] std::string behind(std::string value,
                                     std::initializer_list<std::string_view> ops) const;

    /// Integers of an input that is constant, or of an attribute as older operator sets have it;
    /// nothing where they are computed or left out.
    [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(const onnx::NodeProto& node,
                                                                    int input,
                                                                    std::string_view name) const;

  private:
    std::unordered_map<std::string_view, const onnx::NodeProto*> producers_;
    std::unordered_map<std::string_view, const onnx::TensorProto*> constants_;
    std::unordered_map<std::string_view, std::vector<const onnx::NodeProto*>> consumers_;
};

/// Channels (dimension 1) of a value as far as the graph's constants tell, 0 where they don't.
std::int64_t trace_channels(const GraphView& graph, std::string_view value);

}  // namespace saccade::model
