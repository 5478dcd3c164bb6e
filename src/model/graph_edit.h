// Changes to a graph that several rewriting steps make. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>

namespace saccade::model {

/// Whether a node holds graphs of its own, whose reads a GraphView doesn't see.
[[nodiscard]] bool has_subgraphs(const onnx::GraphProto& graph);

/// Removes what no output needs.
void drop_dead(onnx::GraphProto& graph);

/// Gives a value another name, where it is made and where it is read, in subgraphs too.
void rename(onnx::GraphProto& graph, const std::string& from, const std::string& to);

/// Moves the nodes from number `first` on to the front.
void move_to_front(onnx::GraphProto& graph, int first);

}  // namespace saccade::model
