#include "model/head_match.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "model/anchor_match.h"
#include "model/graph_view.h"
#include "model/onnx_access.h"

namespace saccade::model {
namespace {

using onnx::NodeProto;

/// Rows first..last-1 of dimension 1 of another value.
struct Rows {
    std::string of;
    std::int64_t first = 0, last = 0;
};

class Matcher {
  public:
    Matcher(const onnx::GraphProto& graph, const ModelSpec& spec, std::int64_t opset)
        : graph_(graph), view_(graph), spec_(spec), opset_(opset) {}

    std::optional<HeadMatch> run() {
        if (graph_.output_size() != 1) return std::nullopt;
        // Converters to half precision leave a Cast to single behind all.
        const std::string& output = graph_.output(0).name();
        const std::string decoded = view_.behind(output, {"Cast"});
        const NodeProto* last = concat(decoded, 1, 2);
        if (last == nullptr || !only_leads_to(decoded, output)) return std::nullopt;
        const NodeProto* scores = made_by(last->input(1), "Sigmoid", 1);
        const auto bins = boxes(last->input(0));
        if (scores == nullptr || !bins) return std::nullopt;
        HeadMatch match = *bins;
        match.decoded = decoded;
        match.classes = scores->input(0);
        const auto classes = static_cast<std::int64_t>(spec_.class_names.size());
        const std::int64_t sides = 4 * match.reg_max;
        const auto cut = rows(match.distribution), rest = rows(match.classes);
        if (cut && rest && cut->of == rest->of) {
            if (cut->first != 0 || cut->last != sides || rest->first != sides ||
                rest->last != sides + classes || !is_levels(cut->of, sides + classes)) {
                return std::nullopt;
            }
            match.both = cut->of;
            return match;
        }
        if (!is_levels(match.distribution, sides) || !is_levels(match.classes, classes)) {
            return std::nullopt;
        }
        return match;
    }

  private:
    /// The node that makes the value, if it is of this operator and has `inputs` at least.
    [[nodiscard]] const NodeProto* made_by(const std::string& value, std::string_view op,
                                           int inputs) const {
        const NodeProto* node = view_.producer(value);
        return node != nullptr && node->op_type() == op && node->input_size() >= inputs ? node
                                                                                        : nullptr;
    }

    /// Whether nothing reads the value, or what follows from it, but the graph's output.
    [[nodiscard]] bool only_leads_to(std::string value, const std::string& output) const {
        while (value != output) {
            const auto& readers = view_.consumers(value);
            if (readers.size() != 1 || readers.front()->output_size() != 1) return false;
            value = readers.front()->output(0);
        }
        return view_.consumers(output).empty();
    }

    /// A Concat of `inputs` values of three dimensions along `axis`.
    [[nodiscard]] const NodeProto* concat(const std::string& value, std::int64_t axis,
                                          int inputs) const {
        const NodeProto* node = made_by(value, "Concat", inputs);
        if (node == nullptr || node->input_size() != inputs) return nullptr;
        const std::int64_t is = integer_attribute(*node, "axis", 0);
        return is == axis || is == axis - 3 ? node : nullptr;
    }

    /// A whole number that is constant, or computed from the number of `rows` of the value `of`.
    [[nodiscard]] std::optional<std::int64_t> number(const std::string& value,
                                                     const std::string& of, std::int64_t rows,
                                                     int depth = 8) const {
        if (const auto* constant = view_.constant(value); constant != nullptr) {
            std::vector<std::int64_t> values;
            if (!read_integers(*constant, values) || values.size() != 1) return std::nullopt;
            return values.front();
        }
        const NodeProto* node = view_.producer(value);
        if (node == nullptr || node->input_size() == 0 || depth == 0) return std::nullopt;
        const std::string& op = node->op_type();
        if (op == "Unsqueeze" || op == "Squeeze" || op == "Cast") {
            return number(node->input(0), of, rows, depth - 1);
        }
        if (node->input_size() != 2) return std::nullopt;
        const auto b = number(node->input(1), of, rows, depth - 1);
        if (op == "Gather") {
            const NodeProto* shape = made_by(node->input(0), "Shape", 1);
            if (shape == nullptr || shape->input(0) != of || b != 1) return std::nullopt;
            return rows;
        }
        const auto a = number(node->input(0), of, rows, depth - 1);
        // Sizes of a head: products that could overflow are none.
        const auto sane = [](std::int64_t v) { return v >= 0 && v <= 1'000'000; };
        if (!a || !b || !sane(*a) || !sane(*b)) return std::nullopt;
        if (op == "Add") return *a + *b;
        if (op == "Mul") return *a * *b;
        if (op == "Div" && *b != 0) return *a / *b;
        return std::nullopt;
    }

    /// Which rows of what a Split or Slice along dimension 1 takes.
    [[nodiscard]] std::optional<Rows> rows(const std::string& value) const {
        if (const NodeProto* split = made_by(value, "Split", 1)) return split_rows(*split, value);
        const NodeProto* slice = made_by(value, "Slice", 3);
        if (slice == nullptr) return std::nullopt;
        const auto axes = view_.integers(*slice, 3, "axes");
        if (!axes || axes->size() != 1 || (axes->front() != 1 && axes->front() != -2)) {
            return std::nullopt;
        }
        if (slice->input_size() > 4) {
            const auto steps = view_.integers(*slice, 4, "steps");
            if (!steps || *steps != std::vector<std::int64_t>{1}) return std::nullopt;
        }
        const std::string& of = slice->input(0);
        const std::int64_t all = trace_channels(view_, of);
        const auto first = number(slice->input(1), of, all),
                   last = number(slice->input(2), of, all);
        if (all <= 0 || !first || !last || *first < 0 || *last < *first) return std::nullopt;
        return Rows{of, *first, std::min(*last, all)};
    }

    [[nodiscard]] std::optional<Rows> split_rows(const NodeProto& split,
                                                 const std::string& value) const {
        const std::int64_t axis = integer_attribute(split, "axis", 0);
        const std::int64_t all = trace_channels(view_, split.input(0));
        if ((axis != 1 && axis != -2) || all <= 0) return std::nullopt;
        auto sizes = view_.integers(split, 1, "split");
        if (!sizes) {
            if (split.input_size() > 1 || all % split.output_size() != 0) return std::nullopt;
            sizes.emplace(static_cast<std::size_t>(split.output_size()), all / split.output_size());
        }
        if (static_cast<int>(sizes->size()) != split.output_size()) return std::nullopt;
        Rows rows{split.input(0), 0, 0};
        for (int i = 0; i < split.output_size(); ++i) {
            rows.last = rows.first + (*sizes)[static_cast<std::size_t>(i)];
            if (split.output(i) == value) return rows;
            rows.first = rows.last;
        }
        return std::nullopt;
    }

    /// The target of a Reshape; -2 for a part that is computed. Empty where it isn't told.
    [[nodiscard]] std::vector<std::int64_t> target(const NodeProto& reshape) const {
        std::vector<std::int64_t> parts;
        const auto* constant = view_.constant(reshape.input(1));
        if (constant != nullptr) return read_integers(*constant, parts) ? parts : decltype(parts){};
        const NodeProto* concat = made_by(reshape.input(1), "Concat", 1);
        if (concat == nullptr) return parts;
        for (const auto& input : concat->input()) {
            std::vector<std::int64_t> values{-2};
            if (const auto* part = view_.constant(input); part != nullptr) {
                if (!read_integers(*part, values)) return {};
            } else if (made_by(input, "Unsqueeze", 1) == nullptr) {
                return {};  // of unknown length
            }
            parts.insert(parts.end(), values.begin(), values.end());
        }
        return parts;
    }

    /// Reshape to [batch, middle..., as many as are left].
    [[nodiscard]] bool reshapes_to(const NodeProto& reshape,
                                   const std::vector<std::int64_t>& middle) const {
        const auto parts = target(reshape);
        if (parts.size() != middle.size() + 2 || integer_attribute(reshape, "allowzero", 0) != 0) {
            return false;
        }
        const std::int64_t batch = parts.front(), left = parts.back();
        const bool keeps_batch =
            batch == -2 || batch == 0 || batch == -1 || (spec_.batch > 0 && batch == spec_.batch);
        return keeps_batch && (left == -2 || left == -1 || left > 0) &&
               std::equal(middle.begin(), middle.end(), parts.begin() + 1);
    }

    /// Three feature maps [N, rows, h, w], flattened and put side by side.
    [[nodiscard]] bool is_levels(const std::string& value, std::int64_t rows) const {
        const NodeProto* levels = concat(value, 2, 3);
        if (levels == nullptr) return false;
        return std::all_of(levels->input().begin(), levels->input().end(),
                           [&](const std::string& level) {
                               const NodeProto* reshape = made_by(level, "Reshape", 2);
                               return reshape != nullptr && reshapes_to(*reshape, {rows}) &&
                                      is_map(reshape->input(0)) &&
                                      trace_channels(view_, reshape->input(0)) == rows;
                           });
    }

    /// The output of a two-dimensional convolution, or several one behind the other.
    [[nodiscard]] bool is_map(const std::string& value) const {
        if (const NodeProto* conv = made_by(value, "Conv", 2)) {
            const auto* weights = view_.constant(conv->input(1));
            return weights != nullptr && weights->dims_size() == 4;
        }
        const NodeProto* joined = made_by(value, "Concat", 1);
        if (joined == nullptr) return false;
        const std::int64_t axis = integer_attribute(*joined, "axis", 0);
        return (axis == 1 || axis == -3) &&
               std::all_of(joined->input().begin(), joined->input().end(), [&](const auto& input) {
                   return made_by(input, "Conv", 2) != nullptr && is_map(input);
               });
    }

    [[nodiscard]] bool is_float(const std::string& value, float number) const {
        const auto* constant = view_.constant(value);
        std::vector<float> values;
        return constant != nullptr && read_floats(*constant, values) && values.size() == 1 &&
               values.front() == number;
    }

    /// (centre, size) * strides, of boxes left, top, right, bottom of the anchor points.
    [[nodiscard]] std::optional<HeadMatch> boxes(const std::string& value) const {
        const NodeProto* scaled = made_by(value, "Mul", 2);
        if (scaled == nullptr || !is_anchor_strides(view_, spec_, scaled->input(1))) {
            return std::nullopt;
        }
        const NodeProto* parts = concat(scaled->input(0), 1, 2);
        if (parts == nullptr) return std::nullopt;
        const NodeProto* half = view_.producer(parts->input(0));
        const NodeProto* size = made_by(parts->input(1), "Sub", 2);
        if (half == nullptr || half->input_size() != 2 || size == nullptr) return std::nullopt;
        if (!(half->op_type() == "Div" && is_float(half->input(1), 2)) &&
            !(half->op_type() == "Mul" && is_float(half->input(1), 0.5F))) {
            return std::nullopt;
        }
        const NodeProto* sum = made_by(half->input(0), "Add", 2);
        const std::string &high = size->input(0), &low = size->input(1);
        if (sum == nullptr || !((sum->input(0) == low && sum->input(1) == high) ||
                                (sum->input(0) == high && sum->input(1) == low))) {
            return std::nullopt;
        }
        const NodeProto *minus = made_by(low, "Sub", 2), *plus = made_by(high, "Add", 2);
        if (minus == nullptr || plus == nullptr) return std::nullopt;
        const std::string& points = minus->input(0);
        const int distance = plus->input(0) == points ? 1 : 0;
        if (plus->input(1 - distance) != points || !is_anchor_points(view_, spec_, points)) {
            return std::nullopt;
        }
        const auto near = rows(minus->input(1)), far = rows(plus->input(distance));
        if (!near || !far || near->of != far->of || near->first != 0 || near->last != 2 ||
            far->first != 2 || far->last != 4) {
            return std::nullopt;
        }
        return expectation(near->of);
    }

    /// [N, 4, A] out of [N, 4 * bins, A]: the mean bin by a softmax, as a convolution computes it.
    [[nodiscard]] std::optional<HeadMatch> expectation(const std::string& value) const {
        const NodeProto* flat = made_by(value, "Reshape", 2);
        if (flat == nullptr || !reshapes_to(*flat, {4})) return std::nullopt;
        const NodeProto* conv = made_by(flat->input(0), "Conv", 2);
        if (conv == nullptr) return std::nullopt;
        const std::int64_t bins = counted_bins(*conv);
        if (bins == 0) return std::nullopt;

        // Dimension i of the convolution's input is dimension from[i] of the value looked at.
        std::array<std::int64_t, 4> from{0, 1, 2, 3};
        std::string at = conv->input(0);
        bool softmax = false;
        for (;;) {
            if (const NodeProto* turn = made_by(at, "Transpose", 1)) {
                const auto* perm = attribute(*turn, "perm");
                if (perm == nullptr || perm->ints_size() != 4) return std::nullopt;
                for (auto& dim : from) {
                    dim = perm->ints(static_cast<int>(dim));
                    if (dim < 0 || dim > 3) return std::nullopt;
                }
                at = turn->input(0);
            } else if (const NodeProto* weigh = made_by(at, "Softmax", 1); weigh && !softmax) {
                std::int64_t axis = integer_attribute(*weigh, "axis", opset_ >= 13 ? -1 : 1);
                if (axis < 0) axis += 4;
                // Before operator set 13 all dimensions from the axis on were normalised together.
                if (axis != from[1] || (opset_ < 13 && axis != 3)) return std::nullopt;
                softmax = true;
                at = weigh->input(0);
            } else {
                break;
            }
        }
        const NodeProto* apart = made_by(at, "Reshape", 2);
        if (!softmax || apart == nullptr || from != std::array<std::int64_t, 4>{0, 2, 1, 3} ||
            !reshapes_to(*apart, {4, bins})) {
            return std::nullopt;
        }
        HeadMatch match;
        match.distribution = apart->input(0);
        match.reg_max = bins;
        return match;
    }

    /// How many bins a 1x1 convolution sums with weights 0, 1, 2 ...; 0 where it does something
    /// else.
    [[nodiscard]] std::int64_t counted_bins(const NodeProto& conv) const {
        const auto* tensor = view_.constant(conv.input(1));
        std::vector<float> weights;
        if (tensor == nullptr || conv.input_size() != 2 || tensor->dims_size() != 4 ||
            tensor->dims(0) != 1 || tensor->dims(2) != 1 || tensor->dims(3) != 1 ||
            !read_floats(*tensor, weights) || weights.size() < 2 || weights.size() > 256) {
            return 0;
        }
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (weights[i] != static_cast<float>(i)) return 0;
        }
        for (const auto& [name, value] : {std::pair{"pads", 0}, {"strides", 1}}) {
            const auto* list = attribute(conv, name);
            if (list == nullptr) continue;
            for (const auto v : list->ints()) {
                if (v != value) return 0;
            }
        }
        return static_cast<std::int64_t>(weights.size());
    }

    const onnx::GraphProto& graph_;
    GraphView view_;
    const ModelSpec& spec_;
    std::int64_t opset_;
};

}  // namespace

std::optional<HeadMatch> match_head(const onnx::GraphProto& graph, const ModelSpec& spec,
                                    std::int64_t opset) {
    return Matcher(graph, spec, opset).run();
}

}  // namespace saccade::model
