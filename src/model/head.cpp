#include "model/head.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "model/graph_view.h"
#include "model/onnx_access.h"

namespace saccade::model {
namespace {

constexpr std::int64_t unknown = -1;
/// Rows of an end-to-end head: x1 y1 x2 y2 score class.
constexpr std::int64_t end_to_end_row = 6;
/// More rows than that an end-to-end head never has; fewer candidates a dense head never has.
constexpr std::int64_t most_end_to_end = 3000;

/// The output's two inner dimensions, [N, rows, columns].
struct Dims {
    std::int64_t rows = unknown, columns = unknown;
};

/// Cells of the grids with strides 8, 16 and 32.
std::int64_t cells(const HeadHints& hints) {
    std::int64_t total = 0;
    for (const int stride : {8, 16, 32}) {
        total += std::int64_t{hints.width / stride} * (hints.height / stride);
    }
    return total;
}

bool among(std::string_view op, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), op) != names.end();
}

/// Whether the convolutions' results reach the output without arithmetic: grids left to the reader.
bool undecoded(const GraphView& graph, const std::string& output) {
    std::vector<std::string_view> open{output};
    std::set<std::string_view> seen;
    bool reached = false;
    while (!open.empty()) {
        const std::string_view value = open.back();
        open.pop_back();
        const auto* node = graph.producer(value);
        if (node == nullptr || !seen.insert(value).second) continue;
        const std::string& op = node->op_type();
        if (op == "Conv") {
            reached = true;
        } else if (among(op, {"Transpose", "Reshape", "Flatten", "Identity", "Squeeze"})) {
            if (node->input_size() > 0) open.emplace_back(node->input(0));
        } else if (among(op, {"Concat", "Sigmoid"})) {
            open.insert(open.end(), node->input().begin(), node->input().end());
        } else {
            return false;
        }
    }
    return reached;
}

/// YOLOX decodes sizes by exp(); other families that are laid out alike don't.
bool decodes_by_exp(const OnnxModel& model) {
    const auto& nodes = OnnxModel::Access::proto(model).graph().node();
    return std::any_of(nodes.begin(), nodes.end(),
                       [](const auto& node) { return node.op_type() == "Exp"; });
}

/// Rows of a yolov8 head whose shape is symbolic: its last Concat joins 4 box rows and the classes.
std::int64_t traced_rows(const GraphView& graph, const std::string& output) {
    const auto* node = graph.producer(output);
    if (node == nullptr || node->op_type() != "Concat" || node->input_size() != 2) return unknown;
    const std::int64_t boxes = trace_channels(graph, node->input(0));
    const std::int64_t classes = trace_channels(graph, node->input(1));
    if (classes <= 0 || (boxes != 0 && boxes != 4)) return unknown;
    return classes + 4;
}

std::optional<Head> as_family(Family family, const Dims& dims, const HeadHints& hints) {
    Head head;
    head.family = family;
    const bool by_columns = family == Family::yolov8;
    const std::int64_t length = by_columns ? dims.rows : dims.columns;
    head.detections = std::max<std::int64_t>(by_columns ? dims.columns : dims.rows, 0);
    if (family == Family::end_to_end) {
        if (length != end_to_end_row && length != unknown) return std::nullopt;
        head.classes = hints.classes;
        return head;
    }
    const std::int64_t fixed = by_columns ? 4 : 5;
    if (length == unknown) {
        head.classes = hints.classes;
        return head.classes > 0 ? std::optional(head) : std::nullopt;
    }
    head.classes = length - fixed;
    return head.classes > 0 ? std::optional(head) : std::nullopt;
}

/// The family by the shape alone; where it fits two, what the file says of itself decides.
std::optional<Family> family_of(const Dims& dims, const HeadHints& hints, bool raw) {
    const auto [rows, columns] = dims;
    const std::int64_t grid = cells(hints);
    if (hints.end_to_end) return Family::end_to_end;
    const bool dense_rows = rows == unknown || rows == grid || rows == 3 * grid;
    if (columns == end_to_end_row && rows != unknown && !dense_rows && rows <= most_end_to_end) {
        return Family::end_to_end;
    }
    if (columns > 5 && columns < 4096 && (rows == unknown || rows > columns)) {
        return raw ? Family::yolox : Family::yolov5;
    }
    if (rows > 4 && (columns == unknown || columns > rows)) return Family::yolov8;
    if (rows == unknown && columns == unknown && hints.classes > 0) {
        return raw ? Family::yolox : Family::yolov8;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Head> read_head(const OnnxModel& model, const HeadHints& hints) {
    const GraphView graph(OnnxModel::Access::proto(model).graph());
    for (const ValueInfo& output : model.outputs()) {
        if (output.has_shape && output.shape.size() != 3) continue;
        if (output.type != DataType::f32) continue;
        Dims dims;
        if (output.has_shape) dims = {output.shape[1], output.shape[2]};
        if (dims.rows == unknown && dims.columns == unknown) {
            dims.rows = traced_rows(graph, output.name);
        }
        const bool raw = undecoded(graph, output.name);
        const auto family = hints.family ? hints.family : family_of(dims, hints, raw);
        if (!family) continue;
        auto head = as_family(*family, dims, hints);
        if (!head) continue;
        head->output = output.name;
        head->yolox_input = *family == Family::yolox ||
                            (!hints.family && *family == Family::yolov5 && decodes_by_exp(model));
        return head;
    }
    return std::nullopt;
}

}  // namespace saccade::model
