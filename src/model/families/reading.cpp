#include "model/families/reading.h"

#include <algorithm>
#include <array>

#include "model/class_names.h"

namespace saccade::model {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;

/// COCO's annotations number their 80 classes 1 to 90: the ids that none has.
constexpr std::array<int, 11> unused_ids{0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83};

}  // namespace

const ValueInfo* HeadContext::output(std::string_view name) const {
    for (const ValueInfo& value : model.outputs()) {
        if (value.name == name) return &value;
    }
    return nullptr;
}

Columns HeadContext::columns(const ValueInfo& value, int axis) const {
    return columns_of(view, types, value.name, axis, value.has_shape ? 3 : 0);
}

bool HeadContext::has_node(std::string_view op) const {
    const auto& nodes = OnnxModel::Access::proto(model).graph().node();
    return std::any_of(nodes.begin(), nodes.end(),
                       [&](const NodeProto& node) { return node.op_type() == op; });
}

std::int64_t HeadContext::cells() const {
    std::int64_t total = 0;
    for (const int stride : {8, 16, 32}) {
        total += std::int64_t{hints.width / stride} * (hints.height / stride);
    }
    return total;
}

bool is_float(DataType type) {
    return type == DataType::f32 || type == DataType::f16 || type == DataType::bf16;
}

bool is_whole(DataType type) {
    return type == DataType::i64 || type == DataType::i32;
}

std::optional<std::vector<std::int64_t>> head_shape(const ValueInfo& output) {
    if (!is_float(output.type)) return std::nullopt;
    if (!output.has_shape) return std::vector<std::int64_t>(3, unknown_size);
    if (output.shape.size() != 3) return std::nullopt;
    return output.shape;
}

std::int64_t traced_classes(const HeadContext& context) {
    const auto& nodes = OnnxModel::Access::proto(context.model).graph().node();
    std::set<std::int64_t> found;
    for (const NodeProto& node : nodes) {
        const std::string& op = node.op_type();
        if ((op != "Mod" && op != "Div") || node.input_size() != 2) continue;
        const auto type = context.types.find(node.input(0));
        const auto* divisor = context.view.constant(node.input(1));
        std::vector<std::int64_t> values;
        if (type == context.types.end() || type->second != TensorProto::INT64 ||
            divisor == nullptr || !read_integers(*divisor, values) || values.size() != 1) {
            continue;
        }
        // Only an index out of a choice of the best: shapes are divided as well.
        const NodeProto* maker = context.view.producer(node.input(0));
        while (maker != nullptr && maker->input_size() > 0 &&
               (maker->op_type() == "Cast" || maker->op_type() == "Unsqueeze")) {
            maker = context.view.producer(maker->input(0));
        }
        if (maker != nullptr && maker->op_type() == "TopK") found.insert(values.front());
    }
    if (found.size() == 1 && *found.begin() > 0) return *found.begin();
    if (!found.empty()) return 0;
    // Else the scores whose best one is looked for.
    for (const NodeProto& node : nodes) {
        if (node.op_type() != "ReduceMax" && node.op_type() != "ArgMax") continue;
        const NodeProto* scores = context.view.producer(node.input(0));
        if (scores == nullptr) continue;
        std::string value = node.input(0);
        if (scores->op_type() == "Transpose") value = scores->input(0);
        if (const std::int64_t classes = trace_channels(context.view, value); classes > 0) {
            found.insert(classes);
        }
    }
    return found.size() == 1 ? *found.begin() : 0;
}

std::int64_t classes_of_ids(const HeadContext& context) {
    if (context.hints.classes > 0) return context.hints.classes;
    return context.hints.given > 0 ? context.hints.given : traced_classes(context);
}

std::vector<std::string> coco_names_by_id() {
    std::vector<std::string> names;
    auto next = coco_class_names().begin();
    for (int id = 0; id <= 90; ++id) {
        const bool unused = std::find(unused_ids.begin(), unused_ids.end(), id) != unused_ids.end();
        names.emplace_back(unused ? default_class_name(static_cast<std::size_t>(id))
                                  : std::string(*next++));
    }
    return names;
}

std::string to_pixels(OnnxWriter& writer, const HeadContext& context, const std::string& boxes) {
    const auto width = static_cast<float>(context.hints.width),
               height = static_cast<float>(context.hints.height);
    if (!context.hints.dynamic_size) {
        return writer.node("Mul",
                           {boxes, writer.floats({width, height, width, height}, {1, 1, 4})});
    }
    const std::string size = writer.node(
        "Gather", {writer.node("Shape", {context.hints.input}), writer.integers({3, 2, 3, 2})});
    return writer.node("Mul", {boxes, as_float(writer, size)});
}

std::string to_corners(OnnxWriter& writer, const std::string& boxes) {
    // (Gather, not Slice, is written alike in all operator sets; a product of matrices would be
    // taken for a layer of the network and lowered to half precision.)
    const auto pair = [&](std::int64_t first) {
        return writer.node("Gather", {boxes, writer.integers({first, first + 1})}, {},
                           {{"axis", 2}});
    };
    const std::string centre = pair(0);
    const std::string half = writer.node("Mul", {pair(2), writer.scalar(0.5F)});
    return joined(writer, {writer.node("Sub", {centre, half}), writer.node("Add", {centre, half})},
                  2);
}

std::string turned(OnnxWriter& writer, const std::string& value) {
    return writer.node("Transpose", {value}, {{"perm", {0, 2, 1}}});
}

std::string as_float(OnnxWriter& writer, const std::string& value) {
    return writer.node("Cast", {value}, {}, {{"to", TensorProto::FLOAT}});
}

std::string as_column(OnnxWriter& writer, const std::string& value) {
    // (A Reshape is written alike in all operator sets, an Unsqueeze is not.)
    return writer.node("Reshape", {value, writer.integers({0, 0, 1})});
}

std::string joined(OnnxWriter& writer, const std::vector<std::string>& values, std::int64_t axis) {
    return writer.node("Concat", values, {}, {{"axis", axis}});
}

}  // namespace saccade::model
