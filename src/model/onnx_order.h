// The order of an ONNX graph's nodes. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <stop_token>
#include <string>

#include "saccade/error.h"

namespace saccade::model {

/// Graphs inside of graphs that are walked; real networks have two or three.
inline constexpr int deepest_graph = 16;

/// Nodes of a model, subgraphs' too. The largest detectors have some 5,000; OpenVINO takes more than
/// a minute of CPU time for a chain of 10,000, and its time grows with the square.
inline constexpr int most_nodes = 20000;

/// Puts each node behind those whose values it or its subgraphs read, in the graph and in all
/// graphs inside of it: onnxruntime's conversion to half precision appends its casts at the end. Of
/// nodes that may come next the one that came first does, so a graph in order stays as it is, byte
/// by byte. Values that nothing makes are left for check() to tell. Linear in the size of the
/// graph. `label` names the file. Errors: corrupt (a cycle, naming a node on it), unsupported
/// (nested too deeply, too many nodes), interrupted.
Result<void> sort_nodes(onnx::GraphProto& graph, const std::string& label, std::stop_token stop);

}  // namespace saccade::model
