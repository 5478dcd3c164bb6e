#include "model/contents.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "model/onnx_access.h"

namespace saccade::model {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;
using Runs = std::vector<Run>;

/// `axis` for all numbers of a value, whatever the dimension.
constexpr int all_axes = -2;
/// The last dimension of a value whose rank isn't known.
constexpr int last_axis = -1;

bool among(std::string_view op, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), op) != names.end();
}

bool is_integer(std::int32_t type) {
    return type == TensorProto::INT64 || type == TensorProto::INT32;
}

class OriginWalk {
  public:
    OriginWalk(const GraphView& graph, const ValueTypes& types) : graph_(graph), types_(types) {}

    /// `rank` 0: not known.
    Runs walk(const std::string& value, int axis, int rank) {
        Runs runs = follow(value, axis, rank);
        if (const auto type = types_.find(value);
            type != types_.end() && is_integer(type->second)) {
            for (Run& run : runs) run.content = Content::label;
        }
        return runs;
    }

    static Run collapse(const Runs& runs) {
        Run all = runs.empty() ? Run{} : runs.front();
        for (const Run& run : runs) {
            if (run.content != all.content) all.content = Content::unknown;
        }
        all.width = 0;
        return all;
    }

  private:
    Runs follow(const std::string& value, int axis, int rank) {
        const NodeProto* node = graph_.producer(value);
        if (node == nullptr || --steps_ < 0) return {{}};
        const std::string& op = node->op_type();
        if (node->input_size() == 0) return one(Content::unknown, *node);
        if (among(op, {"Identity", "Cast", "Dropout"})) return walk(node->input(0), axis, rank);
        if (op == "Concat") return concat(*node, axis, rank);
        if (op == "Transpose") return transpose(*node, axis);
        if (op == "Reshape") return reshape(*node, axis);
        if (op == "Split" || op == "Slice") return part(*node, value, axis, rank);
        if (among(op, {"Sigmoid", "Softmax", "HardSigmoid"})) {
            return one(Content::probability, *node);
        }
        if (op == "ArgMax" || op == "ArgMin")
            return narrowed(*node, one(Content::label, *node), axis);
        if (op == "ReduceMax") return narrowed(*node, whole(node->input(0), axis), axis);
        if (op == "TopK") {
            if (node->output_size() > 1 && node->output(1) == value) {
                return one(Content::label, *node);
            }
            return walk(node->input(0), axis, rank);
        }
        if (among(op, {"Gather", "GatherElements", "GatherND", "MaxPool", "Pad", "Clip"})) {
            return whole(node->input(0), axis);
        }
        // What has one number a box has one content, whichever dimension that is.
        if (op == "Unsqueeze") {
            const auto axes = graph_.integers(*node, 1, "axes");
            return narrowed_to(axes ? axes->back() : all_axes, whole(node->input(0), all_axes),
                               axis);
        }
        if (among(op, {"Squeeze", "Flatten", "Expand", "Tile"})) {
            return whole(node->input(0), all_axes);
        }
        if (among(op, {"Mul", "Min", "Max"})) {
            const bool scores = std::all_of(
                node->input().begin(), node->input().end(), [&](const std::string& input) {
                    return collapse(walk(input, all_axes, 0)).content == Content::probability;
                });
            return one(scores ? Content::probability : Content::other, *node);
        }
        if (among(op, {"Conv", "ConvTranspose", "MatMul", "Gemm", "Add", "Sub", "Div", "Exp", "Pow",
                       "Relu", "Softplus", "Log", "Sqrt", "Neg", "LayerNormalization",
                       "BatchNormalization", "Tanh"})) {
            return one(Content::other, *node);
        }
        return one(Content::unknown, *node);
    }

    static Runs one(Content content, const NodeProto& node) {
        const std::string& name = node.name().empty() ? node.output(0) : node.name();
        return {{content, 0, node.op_type() + " '" + name + "'"}};
    }

    /// One column is left of a dimension that is looked through for the best.
    Runs narrowed(const NodeProto& node, Runs runs, int axis) const {
        const auto axes = graph_.integers(node, 1, "axes");
        const std::int64_t at =
            axes && !axes->empty() ? axes->back() : integer_attribute(node, "axis", all_axes);
        return narrowed_to(at, std::move(runs), axis);
    }
    static Runs narrowed_to(std::int64_t at, Runs runs, int axis) {
        if (axis == all_axes || (at != axis && at != -1)) return runs;
        Run run = collapse(runs);
        run.width = 1;
        return {run};
    }

    /// The runs of another value, if all its columns are of one content.
    Runs whole(const std::string& value, int axis) {
        const Runs runs = walk(value, axis, 0);
        return axis == all_axes ? Runs{collapse(runs)} : runs;
    }

    /// Channels of a run of unknown width, where the nodes tell.
    std::int64_t width_of(const std::string& value, int axis, const Runs& runs) const {
        if (runs.size() != 1 || runs.front().width != 0) return 0;
        if (axis == 1) return trace_channels(graph_, value);
        const NodeProto* turn = graph_.producer(value);
        if (turn == nullptr || turn->op_type() != "Transpose") return 0;
        const auto* perm = attribute(*turn, "perm");
        const bool of_channels = perm != nullptr && perm->ints_size() > 0 &&
                                 perm->ints(perm->ints_size() - 1) == 1 &&
                                 (axis == last_axis || axis == perm->ints_size() - 1);
        return of_channels ? trace_channels(graph_, turn->input(0)) : 0;
    }

    Runs concat(const NodeProto& node, int axis, int rank) {
        std::int64_t at = integer_attribute(node, "axis", 0);
        if (at < 0 && rank > 0) at += rank;
        const bool along = axis != all_axes && (at == axis || (axis == last_axis && at >= 3) ||
                                                (axis >= 2 && at == -1 && rank == 0));
        Runs joined;
        for (const auto& input : node.input()) {
            Runs runs = walk(input, axis, rank);
            if (along) {
                if (const std::int64_t width = width_of(input, axis, runs)) {
                    runs.front().width = width;
                }
                joined.insert(joined.end(), runs.begin(), runs.end());
                continue;
            }
            if (joined.empty()) {
                joined = std::move(runs);
                continue;
            }
            // Levels side by side: the same columns in each.
            const bool alike = std::equal(joined.begin(), joined.end(), runs.begin(), runs.end(),
                                          [](const Run& a, const Run& b) {
                                              return a.content == b.content && a.width == b.width;
                                          });
            if (!alike) joined = {collapse({collapse(joined), collapse(runs)})};
        }
        return axis == all_axes ? Runs{collapse(joined)} : joined;
    }

    Runs transpose(const NodeProto& node, int axis) {
        const auto* perm = attribute(node, "perm");
        if (axis == all_axes || perm == nullptr) return whole(node.input(0), all_axes);
        const int rank = perm->ints_size();
        const int at = axis == last_axis ? rank - 1 : axis;
        if (at >= rank) return {{}};
        return walk(node.input(0), static_cast<int>(perm->ints(at)), rank);
    }

    /// [N, C, H, W] to [N, C, cells], or [..., C] to [N, cells, C]: else the columns are lost.
    Runs reshape(const NodeProto& node, int axis) {
        if (axis == all_axes) return whole(node.input(0), all_axes);
        const auto target = graph_.integers(node, 1, "shape");
        const int rank = target ? static_cast<int>(target->size()) : 0;
        if (rank == 0) {
            // A target that is computed: of three dimensions in all heads that are known.
            return axis == 1 ? walk(node.input(0), 1, 4) : walk(node.input(0), last_axis, 0);
        }
        const int at = axis == last_axis ? rank - 1 : axis;
        if (at >= rank) return {{}};
        const std::int64_t kept = (*target)[static_cast<std::size_t>(at)];
        if (at == 1 && rank == 3) {
            const std::int64_t channels = trace_channels(graph_, node.input(0));
            if (kept == 0 || (channels > 0 && kept == channels)) return walk(node.input(0), 1, 4);
        }
        if (at == rank - 1 && kept > 1) return walk(node.input(0), last_axis, 0);
        Run run = collapse(walk(node.input(0), all_axes, 0));
        run.width = kept == 1 ? 1 : 0;
        return {run};
    }

    Runs part(const NodeProto& node, const std::string& value, int axis, int rank) {
        const Runs runs = walk(node.input(0), axis, rank);
        if (runs.size() == 1) {
            Run run = runs.front();
            run.width = 0;
            if (node.op_type() == "Split") {
                const auto sizes = graph_.integers(node, 1, "split");
                for (int i = 0; sizes && i < node.output_size(); ++i) {
                    const auto at = static_cast<std::size_t>(i);
                    if (node.output(i) == value && at < sizes->size()) run.width = (*sizes)[at];
                }
            } else {
                run.width = slice_width(node, axis, rank);
            }
            return {run};
        }
        return cut(node, runs, axis, rank);
    }

    /// First and last column that a Slice along this one axis takes.
    std::optional<std::pair<std::int64_t, std::int64_t>> slice_range(const NodeProto& node,
                                                                     int axis, int rank) const {
        const auto starts = graph_.integers(node, 1, "starts"),
                   ends = graph_.integers(node, 2, "ends"), axes = graph_.integers(node, 3, "axes");
        if (!starts || !ends || !axes || starts->size() != 1 || ends->size() != 1 ||
            axes->size() != 1) {
            return std::nullopt;
        }
        std::int64_t at = axes->front();
        if (at < 0 && rank > 0) at += rank;
        const bool along = at == axis || (axis == last_axis && (at == -1 || at >= 3));
        if (!along || starts->front() < 0 || ends->front() < starts->front()) return std::nullopt;
        return std::pair{starts->front(), ends->front()};
    }

    std::int64_t slice_width(const NodeProto& node, int axis, int rank) const {
        const auto range = slice_range(node, axis, rank);
        constexpr std::int64_t to_the_end = 1 << 30;
        return range && range->second < to_the_end ? range->second - range->first : 0;
    }

    /// The runs that a Slice leaves of several; unknown where that isn't told.
    Runs cut(const NodeProto& node, const Runs& runs, int axis, int rank) const {
        const auto range = slice_range(node, axis, rank);
        if (!range) return {collapse(runs)};
        Runs left;
        std::int64_t at = 0;
        for (const Run& run : runs) {
            const bool last = &run == &runs.back();
            if (run.width == 0 && !last) return {collapse(runs)};
            const std::int64_t end = run.width == 0 ? range->second : at + run.width;
            const std::int64_t from = std::max(at, range->first), to = std::min(end, range->second);
            if (to > from) left.push_back({run.content, run.width == 0 ? 0 : to - from, run.node});
            at = end;
        }
        return left.empty() ? Runs{{}} : left;
    }

    const GraphView& graph_;
    const ValueTypes& types_;
    int steps_ = 2000;  // bounds the walk, also where paths part and meet again and again
};

/// Where each run begins; nothing where that can't be told.
std::optional<std::vector<std::int64_t>> starts_of(const Runs& runs, std::int64_t total) {
    std::vector<std::int64_t> starts;
    std::int64_t known = 0;
    int open = 0;
    for (const Run& run : runs) {
        known += run.width;
        open += run.width == 0 ? 1 : 0;
    }
    // One width may be what the others leave; the last one needs none.
    if (open > 1 || (open == 1 && total == 0 && runs.back().width != 0)) return std::nullopt;
    std::int64_t at = 0;
    for (const Run& run : runs) {
        starts.push_back(at);
        at += run.width > 0 ? run.width : std::max<std::int64_t>(total - known, 0);
    }
    return starts;
}

}  // namespace

Content Columns::content(std::int64_t first, std::int64_t last, std::int64_t total) const {
    if (runs.empty()) return Content::unknown;
    const Content any = OriginWalk::collapse(runs).content;
    const auto starts = starts_of(runs, total);
    if (!starts) return any;
    std::optional<Content> found;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const std::int64_t start = (*starts)[i];
        const bool to_the_end = i + 1 == runs.size();
        const bool meets = start < last && (to_the_end || (*starts)[i + 1] > first);
        if (!meets) continue;
        if (found && *found != runs[i].content) return Content::unknown;
        found = runs[i].content;
    }
    return found.value_or(Content::unknown);
}

const Run* Columns::find(Content content, std::int64_t first, std::int64_t total) const {
    const auto starts = starts_of(runs, total);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const bool behind = i + 1 == runs.size() || !starts || (*starts)[i + 1] > first;
        const bool certain = starts || runs.size() == 1;
        if (certain && behind && runs[i].content == content) return &runs[i];
    }
    return nullptr;
}

Columns columns_of(const GraphView& graph, const ValueTypes& types, const std::string& value,
                   int axis, int rank) {
    return {OriginWalk(graph, types).walk(value, axis, rank)};
}

Content content_of(const GraphView& graph, const ValueTypes& types, const std::string& value) {
    return OriginWalk::collapse(OriginWalk(graph, types).walk(value, all_axes, 0)).content;
}

}  // namespace saccade::model
