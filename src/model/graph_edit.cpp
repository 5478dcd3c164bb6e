#include "model/graph_edit.h"

#include <algorithm>
#include <set>

namespace saccade::model {
namespace {

template <typename List, typename Keep>
void keep_if(List& list, const Keep& keep) {
    list.erase(std::remove_if(list.begin(), list.end(),
                              [&](const auto& element) { return !keep(element); }),
               list.end());
}

/// All that a node reads, its subgraphs included.
void add_reads(const onnx::NodeProto& node, std::set<std::string>& names) {
    names.insert(node.input().begin(), node.input().end());
    const auto add_graph = [&](const onnx::GraphProto& graph) {
        for (const auto& inner : graph.node()) add_reads(inner, names);
        for (const auto& output : graph.output()) names.insert(output.name());
    };
    for (const auto& attribute : node.attribute()) {
        if (attribute.has_g()) add_graph(attribute.g());
        for (const auto& graph : attribute.graphs()) add_graph(graph);
    }
}

}  // namespace

bool has_subgraphs(const onnx::GraphProto& graph) {
    return std::any_of(graph.node().begin(), graph.node().end(), [](const onnx::NodeProto& node) {
        return std::any_of(node.attribute().begin(), node.attribute().end(),
                           [](const auto& a) { return a.has_g() || a.graphs_size() > 0; });
    });
}

void drop_dead(onnx::GraphProto& graph) {
    std::set<std::string> needed;
    for (const auto& output : graph.output()) needed.insert(output.name());
    const auto is_needed = [&](const auto& node) {
        return std::any_of(node.output().begin(), node.output().end(),
                           [&](const std::string& output) { return needed.contains(output); });
    };
    for (int i = graph.node_size() - 1; i >= 0; --i) {
        if (is_needed(graph.node(i))) add_reads(graph.node(i), needed);
    }
    keep_if(*graph.mutable_node(), is_needed);
    // Older files list their initializers among the inputs too.
    const auto named = [&](const auto& value) { return needed.contains(value.name()); };
    std::set<std::string> dead;
    for (const auto& tensor : graph.initializer()) {
        if (!named(tensor)) dead.insert(tensor.name());
    }
    keep_if(*graph.mutable_input(),
            [&](const auto& input) { return !dead.contains(input.name()); });
    keep_if(*graph.mutable_initializer(), named);
    keep_if(*graph.mutable_value_info(), named);
}

void rename(onnx::GraphProto& graph, const std::string& from, const std::string& to) {
    for (auto& node : *graph.mutable_node()) {
        for (auto& input : *node.mutable_input()) {
            if (input == from) input = to;
        }
        for (auto& output : *node.mutable_output()) {
            if (output == from) output = to;
        }
        for (auto& attribute : *node.mutable_attribute()) {
            if (attribute.has_g()) rename(*attribute.mutable_g(), from, to);
            for (auto& inner : *attribute.mutable_graphs()) rename(inner, from, to);
        }
    }
}

void move_to_front(onnx::GraphProto& graph, int first) {
    auto& nodes = *graph.mutable_node();
    std::rotate(nodes.pointer_begin(), nodes.pointer_begin() + first, nodes.pointer_end());
}

}  // namespace saccade::model
