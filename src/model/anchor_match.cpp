#include "model/anchor_match.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/onnx_access.h"

namespace saccade::model {
namespace {

using onnx::NodeProto;

constexpr std::array strides{8, 16, 32};

/// The node that makes the value, if it is of this operator and has inputs.
const NodeProto* made_by(const GraphView& graph, const std::string& value, std::string_view op) {
    const NodeProto* node = graph.producer(value);
    return node != nullptr && node->op_type() == op && node->input_size() > 0 ? node : nullptr;
}

/// The constant's only number, integer or float.
bool is_number(const GraphView& graph, const std::string& value, float number) {
    const auto* constant = graph.constant(value);
    if (constant == nullptr) return false;
    std::vector<float> floats;
    if (read_floats(*constant, floats)) return floats.size() == 1 && floats[0] == number;
    std::vector<std::int64_t> integers;
    return read_integers(*constant, integers) && integers.size() == 1 &&
           static_cast<float>(integers[0]) == number;
}

/// [A, k] of three levels one below the other, transposed: the Concat, nullptr where it isn't so.
const NodeProto* stacked_levels(const GraphView& graph, const std::string& value) {
    const NodeProto* transpose = made_by(graph, graph.behind(value, {"Unsqueeze"}), "Transpose");
    if (transpose == nullptr) return nullptr;
    const auto* perm = attribute(*transpose, "perm");
    if (perm == nullptr || perm->ints_size() != 2 || perm->ints(0) != 1) return nullptr;
    const NodeProto* concat = made_by(graph, transpose->input(0), "Concat");
    if (concat == nullptr || concat->input_size() != static_cast<int>(strides.size()) ||
        integer_attribute(*concat, "axis", -1) != 0) {
        return nullptr;
    }
    return concat;
}

/// Name of the feature map along whose `dim` (2: y, 3: x) the value counts from 0.5; "" for none.
/// Its range is spread over the other dimension: as a column for y, as a row for x.
std::string counted_map(const GraphView& graph, std::string value, int dim) {
    bool spread = false;
    for (const NodeProto* node = nullptr;;) {
        value = graph.behind(value, {"Unsqueeze", "Expand", "Cast"});
        node = made_by(graph, value, "Reshape");
        if (node == nullptr || node->input_size() < 2) break;
        if (const NodeProto* target = made_by(graph, node->input(1), "Concat")) {
            const int one = dim == 3 ? 0 : 1;
            if (spread || target->input_size() != 2 || !is_number(graph, target->input(one), 1)) {
                return {};
            }
            spread = true;
        } else if (!is_number(graph, node->input(1), -1)) {
            return {};
        }
        value = node->input(0);
    }
    const NodeProto* add = made_by(graph, value, "Add");
    if (!spread || add == nullptr || !is_number(graph, add->input(1), 0.5F)) return {};
    const NodeProto* range = made_by(graph, graph.behind(add->input(0), {"Cast"}), "Range");
    if (range == nullptr || !is_number(graph, range->input(0), 0) ||
        !is_number(graph, range->input(2), 1)) {
        return {};
    }
    const NodeProto* size = made_by(graph, graph.behind(range->input(1), {"Cast"}), "Gather");
    if (size == nullptr || !is_number(graph, size->input(1), static_cast<float>(dim))) return {};
    const NodeProto* shape = made_by(graph, size->input(0), "Shape");
    return shape == nullptr || shape->attribute_size() > 0 ? std::string() : shape->input(0);
}

bool is_point_level(const GraphView& graph, const std::string& value) {
    const NodeProto* reshape = made_by(graph, value, "Reshape");
    if (reshape == nullptr) return false;
    std::vector<std::int64_t> target;
    const auto* constant = graph.constant(reshape->input(1));
    if (constant == nullptr || !read_integers(*constant, target) ||
        target != std::vector<std::int64_t>{-1, 2}) {
        return false;
    }
    const NodeProto* pair = made_by(graph, reshape->input(0), "Concat");  // [h, w, 2]: x, y
    if (pair == nullptr || pair->input_size() != 2) return false;
    const std::int64_t axis = integer_attribute(*pair, "axis", 0);
    if (axis != -1 && axis != 2) return false;
    const std::string map = counted_map(graph, pair->input(0), 3);
    return !map.empty() && map == counted_map(graph, pair->input(1), 2);
}

bool is_filled_with(const GraphView& graph, const std::string& value, float number) {
    if (const NodeProto* expand = made_by(graph, value, "Expand")) {
        return is_number(graph, expand->input(0), number);
    }
    const NodeProto* fill = made_by(graph, value, "ConstantOfShape");
    const auto* filled = fill != nullptr ? attribute(*fill, "value") : nullptr;
    std::vector<float> floats;
    return filled != nullptr && filled->has_t() && read_floats(filled->t(), floats) &&
           floats.size() == 1 && floats[0] == number;
}

/// A constant's values behind Unsqueezes, where the model has one size only.
bool read_static(const GraphView& graph, const ModelSpec& spec, const std::string& value,
                 std::vector<float>& values) {
    const auto* constant = graph.constant(graph.behind(value, {"Unsqueeze"}));
    return constant != nullptr && !spec.dynamic_size && read_floats(*constant, values);
}

/// Calls visit(x, y, stride) for each cell, in the order of the anchors.
template <typename Visit>
void for_each_cell(const ModelSpec& spec, const Visit& visit) {
    for (const int stride : strides) {
        for (int y = 0; y < spec.height / stride; ++y) {
            for (int x = 0; x < spec.width / stride; ++x) visit(x, y, stride);
        }
    }
}

}  // namespace

bool is_anchor_points(const GraphView& graph, const ModelSpec& spec, const std::string& value) {
    std::vector<float> values, xs, ys;
    if (read_static(graph, spec, value, values)) {
        for_each_cell(spec, [&](int x, int y, int) {
            xs.push_back(static_cast<float>(x) + 0.5F);
            ys.push_back(static_cast<float>(y) + 0.5F);
        });
        const auto* constant = graph.constant(graph.behind(value, {"Unsqueeze"}));
        const int rank = constant->dims_size();
        xs.insert(xs.end(), ys.begin(), ys.end());
        return rank >= 2 && constant->dims(rank - 2) == 2 && values == xs;
    }
    const NodeProto* levels = stacked_levels(graph, value);
    if (levels == nullptr) return false;
    for (const auto& level : levels->input()) {
        if (!is_point_level(graph, level)) return false;
    }
    return true;
}

bool is_anchor_strides(const GraphView& graph, const ModelSpec& spec, const std::string& value) {
    std::vector<float> values, expected;
    if (read_static(graph, spec, value, values)) {
        for_each_cell(
            spec, [&](int, int, int stride) { expected.push_back(static_cast<float>(stride)); });
        const auto* constant = graph.constant(graph.behind(value, {"Unsqueeze"}));
        const int rank = constant->dims_size();
        return rank >= 1 && constant->dims(rank - 1) == static_cast<int>(values.size()) &&
               values == expected;
    }
    const NodeProto* levels = stacked_levels(graph, value);
    if (levels == nullptr) return false;
    for (int i = 0; i < levels->input_size(); ++i) {
        const auto stride = static_cast<float>(strides[static_cast<std::size_t>(i)]);
        if (!is_filled_with(graph, levels->input(i), stride)) return false;
    }
    return true;
}

}  // namespace saccade::model
