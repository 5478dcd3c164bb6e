#include "model/onnx_numbers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <vector>

#include "model/onnx_access.h"
#include "model/onnx_tensor.h"

namespace saccade::model {
namespace {

using onnx::NodeProto;
using onnx::TensorProto;
using Numbers = std::vector<std::int64_t>;

/// A computed value's elements: what a GPU could hold at best.
constexpr double most_elements = 0x1p31;

/// Constants that tell a shape are never longer.
constexpr std::size_t long_enough = 64;

/// Product of the positive ones.
double product(const Numbers& dims) {
    double elements = 1;
    for (const std::int64_t dim : dims)
        elements *= static_cast<double>(std::max<std::int64_t>(dim, 1));
    return elements;
}

std::int64_t least(const Numbers& dims) {
    return dims.empty() ? 1 : *std::min_element(dims.begin(), dims.end());
}

Wrong wrong_shape(const Numbers& dims) {
    const auto open = std::count(dims.begin(), dims.end(), -1);
    if (least(dims) < -1 || open > 1 || product(dims) > most_elements ||
        dims.size() > static_cast<std::size_t>(highest_rank)) {
        return fmt::format("asks for an impossible shape of {} dimensions", dims.size());
    }
    return std::nullopt;
}

}  // namespace

Wrong NumberCheck::too_much(double elements) {
    made_ += elements;
    if (made_ <= static_cast<double>(most_made)) return std::nullopt;
    return fmt::format("makes {:.3g} numbers out of constants, over {}", made_, most_made);
}

bool NumberCheck::holds_zero(const TensorProto& tensor) {
    const auto [known, is_new] = holds_zero_.try_emplace(&tensor, false);
    Numbers values;
    if (is_new && read_integers(tensor, values)) {
        known->second = std::find(values.begin(), values.end(), 0) != values.end();
    }
    return known->second;
}

Wrong NumberCheck::wrong_constants(const NodeProto& node) {
    const std::string& op = node.op_type();
    const auto name = [&](int i) { return i < node.input_size() ? node.input(i) : std::string(); };
    const auto integers = [&](int i) { return scope_.integers(name(i), long_enough); };
    const auto number = [&](int i) -> std::optional<double> {
        const auto all = scope_.numbers(name(i), 1);
        return all && all->size() == 1 ? std::optional(all->front()) : std::nullopt;
    };
    if (op == "Reshape") {
        const auto shape = integers(1);
        return shape ? wrong_shape(*shape) : std::nullopt;
    }
    if (op == "ConstantOfShape") {
        const auto shape = integers(0);
        if (!shape) return std::nullopt;
        if (least(*shape) < 0) return "asks for an impossible shape";
        return too_much(product(*shape));
    }
    if (op == "Expand" || op == "Tile") {
        const auto shape = integers(1);
        if (!shape) return std::nullopt;
        if (least(*shape) < (op == "Tile" ? 0 : -1)) return "asks for an impossible shape";
        // Of a constant it makes another constant; what it makes of a picture is no larger.
        return product(*shape) > static_cast<double>(most_made) ? too_much(product(*shape))
                                                                : std::nullopt;
    }
    if (op == "Range") {
        const auto from = number(0), to = number(1), step = number(2);
        if (step && (*step == 0 || !std::isfinite(*step)))
            return fmt::format("goes by steps of {}", *step);
        if (!from || !to || !step) return std::nullopt;
        const double count = (*to - *from) / *step;
        if (!std::isfinite(count)) return "counts without an end";
        return too_much(std::max(count, 0.0));
    }
    if (op == "Resize" || op == "Upsample") {
        const bool old = node.input_size() == 2;  // operator sets 9 and 10: data, scales
        const auto scales = scope_.numbers(name(old ? 1 : 2), long_enough);
        std::vector<double> all = scales.value_or(std::vector<double>());
        if (const auto* list = attribute(node, "scales"); list != nullptr) {  // operator set 7
            all.insert(all.end(), list->floats().begin(), list->floats().end());
        }
        for (const double scale : all) {
            if (!(scale > 0) || scale > 4096) return fmt::format("scales by {}", scale);
        }
        const auto sizes = old ? std::nullopt : integers(3);
        if (sizes && (least(*sizes) < 1 || product(*sizes) > most_elements)) {
            return "asks for an impossible size";
        }
        return std::nullopt;
    }
    if (op == "Pad") {
        for (const std::int64_t pad : integers(1).value_or(Numbers())) {
            if (pad < -largest_side || pad > largest_side) return fmt::format("pads by {}", pad);
        }
        return std::nullopt;
    }
    if (op == "Slice") {
        for (const std::int64_t step : integers(4).value_or(Numbers())) {
            if (step == 0) return "goes by steps of 0";
        }
        return wrong_axes(integers(3).value_or(Numbers()), scope_.rank(name(0)));
    }
    if (op == "OneHot" || op == "TopK") {
        const auto count = number(1);
        if (count &&
            !(*count >= (op == "TopK" ? 0 : 1) && *count <= static_cast<double>(most_made))) {
            return fmt::format("asks for {}", *count);
        }
        return std::nullopt;
    }
    if (op == "Split") {
        return least(integers(1).value_or(Numbers())) < 0 ? Wrong("splits off less than nothing")
                                                          : std::nullopt;
    }
    if (op == "Squeeze" || op.starts_with("Reduce")) {
        return wrong_axes(integers(1).value_or(Numbers()), scope_.rank(name(0)));
    }
    if (op == "Unsqueeze") return wrong_axes(integers(1).value_or(Numbers()), -1);
    if (op == "Div" || op == "Mod") {
        const auto* divisor = scope_.tensor(name(1));
        const auto list = divisor == nullptr ? integers(1) : std::nullopt;
        const bool zero = divisor != nullptr
                              ? holds_zero(*divisor)
                              : list && std::find(list->begin(), list->end(), 0) != list->end();
        if (zero) return "divides whole numbers by 0";
        return std::nullopt;
    }
    if (op.starts_with("Random")) {
        const Numbers dims = integers_attribute(node, "shape");
        if (dims.empty()) return std::nullopt;
        return least(dims) < 0 ? Wrong("asks for an impossible shape") : too_much(product(dims));
    }
    return std::nullopt;
}

Wrong NumberCheck::wrong(const NodeProto& node) {
    if (auto found = wrong_attribute(node, scope_)) return found;
    return wrong_constants(node);
}

int output_rank(const NodeProto& node, const Scope& scope) {
    static const std::unordered_set<std::string_view> keep{"Relu",
                                                           "LeakyRelu",
                                                           "Sigmoid",
                                                           "HardSigmoid",
                                                           "HardSwish",
                                                           "Tanh",
                                                           "Softmax",
                                                           "LogSoftmax",
                                                           "Clip",
                                                           "Cast",
                                                           "Identity",
                                                           "Dropout",
                                                           "BatchNormalization",
                                                           "InstanceNormalization",
                                                           "Conv",
                                                           "ConvTranspose",
                                                           "MaxPool",
                                                           "AveragePool",
                                                           "LpPool",
                                                           "GlobalAveragePool",
                                                           "GlobalMaxPool",
                                                           "Concat",
                                                           "Split",
                                                           "Slice",
                                                           "Pad",
                                                           "Resize",
                                                           "Upsample",
                                                           "Tile",
                                                           "DepthToSpace",
                                                           "SpaceToDepth",
                                                           "Neg",
                                                           "Abs",
                                                           "Exp",
                                                           "Log",
                                                           "Sqrt",
                                                           "Floor",
                                                           "Ceil",
                                                           "Erf",
                                                           "Softplus",
                                                           "Elu",
                                                           "Mish",
                                                           "Gelu",
                                                           "CumSum",
                                                           "QuantizeLinear",
                                                           "DequantizeLinear",
                                                           "Transpose"};
    if (node.input_size() == 0 || !(node.domain().empty() || node.domain() == "ai.onnx")) return -1;
    if (node.op_type() == "Reshape") {
        const auto shape =
            node.input_size() > 1 ? scope.integers(node.input(1), long_enough) : std::nullopt;
        return shape ? static_cast<int>(shape->size()) : -1;
    }
    return keep.contains(node.op_type()) ? scope.rank(node.input(0)) : -1;
}

}  // namespace saccade::model
