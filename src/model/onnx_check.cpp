#include "model/onnx_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "core/elide.h"
#include "model/onnx_access.h"
#include "model/onnx_numbers.h"
#include "model/onnx_scope.h"
#include "model/onnx_tensor.h"

namespace saccade::model {
namespace {

/// Operator sets that a backend here knows some of. Operators it doesn't know it names itself.
constexpr std::array<std::string_view, 5> domains{"", "ai.onnx", "ai.onnx.ml", "com.microsoft",
                                                  "org.openvinotoolkit"};

/// Of inputs and outputs; whether a network may be as large as its input is for inspect() to say.
bool sane_shape(const onnx::ValueInfoProto& value) {
    constexpr std::uint64_t largest_dim = std::uint64_t{1} << 31, largest = std::uint64_t{1} << 52;
    std::uint64_t elements = 1;
    if (value.type().tensor_type().shape().dim_size() > highest_rank) return false;
    for (const auto& dim : value.type().tensor_type().shape().dim()) {
        if (dim.dim_value() <= 0) continue;  // any
        const auto size = static_cast<std::uint64_t>(dim.dim_value());
        if (size > largest_dim || elements > largest / size) return false;
        elements *= size;
    }
    return true;
}

/// Of an input of the network; an empty shape may mean that none is known.
int declared_rank(const onnx::ValueInfoProto& value) {
    const int rank = value.type().tensor_type().shape().dim_size();
    return rank > 0 ? rank : -1;
}

/// Walks a graph and the graphs inside of its nodes. One walk, then thrown away.
class Checker {
  public:
    Checker(const onnx::ModelProto& proto, const std::string& label, std::stop_token stop)
        : label_(label), stop_(std::move(stop)) {
        for (const auto& function : proto.functions()) {
            functions_.emplace(function.domain(), function.name());
        }
    }

    Result<void> graph(const onnx::GraphProto& graph) {
        const std::size_t mark = scope_.enter();
        if (graph.sparse_initializer_size() > 0) {
            return fail(ErrorCode::unsupported, label_ + ": sparse initializers are not supported",
                        "export the model with dense weights");
        }
        if (auto ok = sources(graph, mark == 0); !ok) return ok;
        for (const auto& node : graph.node()) {
            if (auto ok = this->node(node); !ok) return ok;
        }
        for (const auto& output : graph.output()) {
            if (!scope_.has(output.name())) {
                return corrupt(fmt::format("nothing makes the output '{}'", elided(output.name())));
            }
            if (!sane_shape(output)) return absurd(output);
        }
        scope_.leave(mark);
        return {};
    }

  private:
    /// Inputs and initializers. One name may be both: a weight with a default (IR version 3). A
    /// graph inside of another may not use the names of that one.
    /// What it declares of its inputs is only sometimes true there.
    Result<void> sources(const onnx::GraphProto& graph, bool outermost) {
        std::unordered_set<std::string_view> inputs, initializers;
        for (const auto& tensor : graph.initializer()) {
            if (stop_.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
            if (auto ok = check_tensor(tensor, label_); !ok) return ok;
            initializers.insert(tensor.name());
            if (!scope_.add(tensor.name(), {.tensor = &tensor, .rank = tensor.dims_size()})) {
                return twice("tensor", tensor.name());
            }
        }
        for (const auto& input : graph.input()) {
            if (!inputs.insert(input.name()).second) return twice("input", input.name());
            if (!sane_shape(input)) return absurd(input);
            const int rank = outermost ? declared_rank(input) : -1;
            const bool taken = !scope_.add(input.name(), {.rank = rank});
            if (taken && !initializers.contains(input.name())) return twice("input", input.name());
        }
        return {};
    }

    Result<void> node(const onnx::NodeProto& node) {
        if (stop_.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        for (const auto& input : node.input()) {
            if (input.empty() || scope_.has(input)) continue;
            return corrupt(
                fmt::format("{} reads '{}', which nothing makes", shown(node), elided(input)));
        }
        if (auto ok = known_operator(node); !ok) return ok;
        for (const auto& attribute : node.attribute()) {
            if (auto ok = this->attribute(attribute); !ok) return ok;
        }
        if (const auto wrong = numbers_.wrong(node)) {
            return corrupt(fmt::format("{} {}", shown(node), *wrong));
        }
        for (int i = 0; i < node.output_size(); ++i) {
            if (node.output(i).empty()) continue;
            if (!scope_.add(node.output(i), i == 0 ? result_of(node) : KnownValue{})) {
                return corrupt(fmt::format("value '{}' is made twice", elided(node.output(i))));
            }
        }
        return {};
    }

    [[nodiscard]] KnownValue result_of(const onnx::NodeProto& node) const {
        if (node.op_type() == "Constant" && node.attribute_size() == 1) {
            const auto& value = node.attribute(0);
            if (value.name() != "value") return {.numbers = &value};
            if (value.has_t()) return {.tensor = &value.t(), .rank = value.t().dims_size()};
        }
        return {.rank = output_rank(node, scope_)};
    }

    Result<void> known_operator(const onnx::NodeProto& node) const {
        if (functions_.contains({node.domain(), node.op_type()})) {
            return fail(ErrorCode::unsupported,
                        fmt::format("{}: {} is a function of the model's own", label_, shown(node)),
                        "inline its functions first (onnx.inliner.inline_local_functions)");
        }
        if (std::find(domains.begin(), domains.end(), node.domain()) != domains.end()) return {};
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: {} is of the operator set '{}', which nothing here knows",
                                label_, shown(node), elided(node.domain())),
                    "export the model with ONNX's own operators");
    }

    Result<void> attribute(const onnx::AttributeProto& attribute) {
        if (attribute.has_t()) {
            if (auto ok = check_tensor(attribute.t(), label_); !ok) return ok;
        }
        for (const auto& tensor : attribute.tensors()) {
            if (auto ok = check_tensor(tensor, label_); !ok) return ok;
        }
        if (attribute.has_g()) {
            if (auto ok = graph(attribute.g()); !ok) return ok;
        }
        for (const auto& inner : attribute.graphs()) {
            if (auto ok = graph(inner); !ok) return ok;
        }
        return {};
    }

    [[nodiscard]] tl::unexpected<Error> twice(std::string_view what, std::string_view name) const {
        return corrupt(fmt::format("{} '{}' is there twice", what, elided(name)));
    }
    [[nodiscard]] tl::unexpected<Error> absurd(const onnx::ValueInfoProto& value) const {
        return corrupt(fmt::format("'{}' has an impossible shape", elided(value.name())));
    }
    [[nodiscard]] tl::unexpected<Error> corrupt(const std::string& what) const {
        return fail(ErrorCode::corrupt, label_ + ": " + what, "export the model again");
    }

    const std::string& label_;
    const std::stop_token stop_;
    std::set<std::pair<std::string_view, std::string_view>> functions_;  ///< domain, name
    Scope scope_;
    NumberCheck numbers_{scope_};
};

}  // namespace

Result<void> check(const onnx::ModelProto& proto, const std::string& label, std::stop_token stop) {
    if (!proto.has_graph() || proto.graph().node_size() == 0) {
        return fail(ErrorCode::corrupt, label + ": holds no network",
                    "check that it is an ONNX model and a complete download");
    }
    if (proto.graph().input_size() == 0) {
        return fail(ErrorCode::unsupported, label + ": the network has no input",
                    "export the model again");
    }
    if (proto.graph().output_size() == 0) {
        return fail(ErrorCode::unsupported, label + ": the network has no output",
                    "export the model again");
    }
    return Checker(proto, label, std::move(stop)).graph(proto.graph());
}

}  // namespace saccade::model
