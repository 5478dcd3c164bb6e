#include "model/onnx_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/onnx_access.h"

namespace saccade::model {
namespace {

using onnx::GraphProto;
using onnx::NodeProto;
using Names = std::vector<std::string_view>;

void collect_reads(const NodeProto& node, Names& reads);

/// Names that the graph reads and does not make itself.
void collect_free(const GraphProto& graph, Names& reads) {
    std::unordered_set<std::string_view> own;
    for (const auto& input : graph.input()) own.insert(input.name());
    for (const auto& tensor : graph.initializer()) own.insert(tensor.name());
    Names all;
    for (const NodeProto& node : graph.node()) {
        own.insert(node.output().begin(), node.output().end());
        collect_reads(node, all);
    }
    for (const auto& output : graph.output()) all.push_back(output.name());
    std::copy_if(all.begin(), all.end(), std::back_inserter(reads),
                 [&](std::string_view name) { return !own.contains(name); });
}

void collect_reads(const NodeProto& node, Names& reads) {
    reads.insert(reads.end(), node.input().begin(), node.input().end());
    for (const auto& attribute : node.attribute()) {
        if (attribute.has_g()) collect_free(attribute.g(), reads);
        for (const auto& graph : attribute.graphs()) collect_free(graph, reads);
    }
}

class Sorter {
  public:
    Sorter(const std::string& label, std::stop_token stop)
        : label_(label), stop_(std::move(stop)) {}

    Result<void> sort(GraphProto& graph, int depth) {
        if (depth > deepest_graph) {
            return fail(
                ErrorCode::unsupported,
                fmt::format("{}: has graphs inside of graphs, over {} deep", label_, deepest_graph),
                "export the model again, without nested conditions and loops");
        }
        nodes_ += graph.node_size();
        if (nodes_ > most_nodes) {
            return fail(ErrorCode::unsupported,
                        fmt::format("{}: has more than {} nodes", label_, most_nodes),
                        "export the model again, with its constants folded");
        }
        for (auto& node : *graph.mutable_node()) {
            if (stop_.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
            for (auto& attribute : *node.mutable_attribute()) {
                if (attribute.has_g()) {
                    if (auto ok = sort(*attribute.mutable_g(), depth + 1); !ok) return ok;
                }
                for (auto& inner : *attribute.mutable_graphs()) {
                    if (auto ok = sort(inner, depth + 1); !ok) return ok;
                }
            }
        }
        return sort_flat(graph);
    }

  private:
    /// Numbers of the nodes that make what each node reads.
    static std::vector<std::vector<int>> needs(const GraphProto& graph) {
        std::unordered_map<std::string_view, int> makers;
        for (int i = 0; i < graph.node_size(); ++i) {
            for (const auto& output : graph.node(i).output()) {
                if (!output.empty()) makers.emplace(output, i);
            }
        }
        std::vector<std::vector<int>> needs(static_cast<std::size_t>(graph.node_size()));
        Names reads;
        for (int i = 0; i < graph.node_size(); ++i) {
            reads.clear();
            collect_reads(graph.node(i), reads);
            for (const std::string_view name : reads) {
                const auto maker = makers.find(name);
                if (maker != makers.end())
                    needs[static_cast<std::size_t>(i)].push_back(maker->second);
            }
        }
        return needs;
    }

    Result<void> sort_flat(GraphProto& graph) const {
        const auto needs = Sorter::needs(graph);
        const std::size_t count = needs.size();
        std::vector<std::vector<int>> readers(count);
        std::vector<std::size_t> missing(count);
        bool in_order = true;
        for (std::size_t i = 0; i < count; ++i) {
            missing[i] = needs[i].size();
            for (const int need : needs[i]) {
                readers[static_cast<std::size_t>(need)].push_back(static_cast<int>(i));
                in_order = in_order && static_cast<std::size_t>(need) < i;
            }
        }
        if (in_order) return {};

        std::priority_queue<int, std::vector<int>, std::greater<>> ready;
        for (std::size_t i = 0; i < count; ++i) {
            if (missing[i] == 0) ready.push(static_cast<int>(i));
        }
        std::vector<int> order;
        while (!ready.empty()) {
            order.push_back(ready.top());
            ready.pop();
            for (const int reader : readers[static_cast<std::size_t>(order.back())]) {
                if (--missing[static_cast<std::size_t>(reader)] == 0) ready.push(reader);
            }
        }
        if (order.size() < count) return cycle(graph, needs, missing);
        google::protobuf::RepeatedPtrField<NodeProto> sorted;
        sorted.Reserve(graph.node_size());
        for (const int i : order) *sorted.Add() = std::move(*graph.mutable_node(i));
        graph.mutable_node()->Swap(&sorted);
        return {};
    }

    /// Goes back from a node that never got ready until it meets itself: that one is on the cycle.
    [[nodiscard]] tl::unexpected<Error> cycle(const GraphProto& graph,
                                              const std::vector<std::vector<int>>& needs,
                                              const std::vector<std::size_t>& missing) const {
        const auto stuck = [&](int i) { return missing[static_cast<std::size_t>(i)] > 0; };
        int at = 0;
        while (!stuck(at)) ++at;
        std::unordered_set<int> seen;
        while (seen.insert(at).second) {
            const auto& of = needs[static_cast<std::size_t>(at)];
            at = *std::find_if(of.begin(), of.end(), stuck);
        }
        return fail(ErrorCode::corrupt,
                    fmt::format("{}: {} reads what is made from its own output", label_,
                                shown(graph.node(at))),
                    "export the model again");
    }

    const std::string& label_;
    const std::stop_token stop_;
    std::int64_t nodes_ = 0;  ///< of all graphs so far
};

}  // namespace

Result<void> sort_nodes(GraphProto& graph, const std::string& label, std::stop_token stop) {
    return Sorter(label, std::move(stop)).sort(graph, 0);
}

}  // namespace saccade::model
