#include "detect/embedding_spec.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

namespace saccade::detect {
namespace {

constexpr int default_height = 256, default_width = 128, largest_side = 4096;

tl::unexpected<Error> no_embedder(const model::OnnxModel& model, const std::string& why) {
    return fail(ErrorCode::unsupported,
                fmt::format("{}: not a ReID network: {}", model.name(), why),
                "give one with an input [N,3,height,width] of f32 and an output [N,D]");
}

/// Three numbers such as "[0.485, 0.456, 0.406]", where the file has them.
Result<void> read_three(const model::OnnxModel& model, const std::string& key,
                        std::array<float, 3>& values) {
    const auto found = model.metadata().find(key);
    if (found == model.metadata().end()) return {};
    const std::string_view text = found->second;
    constexpr std::string_view between = "[](), \t\n";
    std::size_t at = 0, count = 0;
    for (;; ++count) {
        at = text.find_first_not_of(between, at);
        if (at == std::string_view::npos || count == values.size()) break;
        const auto [end, error] =
            std::from_chars(text.data() + at, text.data() + text.size(), values[count]);
        if (error != std::errc{} || !std::isfinite(values[count])) break;
        at = static_cast<std::size_t>(end - text.data());
    }
    if (count == values.size() && at == std::string_view::npos) return {};
    return fail(ErrorCode::corrupt, fmt::format("{}: its metadata '{}' is '{}', not three numbers",
                                                model.name(), key, found->second));
}

}  // namespace

bool is_embedding(std::span<const std::int64_t> shape) noexcept {
    const auto one = [](std::int64_t dim) { return dim == 1 || dim == -1; };
    return shape.size() == 2 || (shape.size() == 4 && one(shape[2]) && one(shape[3]));
}

Result<EmbeddingSpec> read_embedding_spec(const model::OnnxModel& model) {
    if (model.inputs().size() != 1) {
        return no_embedder(model, fmt::format("it has {} inputs", model.inputs().size()));
    }
    const model::ValueInfo& input = model.inputs().front();
    const model::ValueInfo& output = model.outputs().front();
    const auto& shape = input.shape;
    if (shape.size() != 4 || (shape[1] != 3 && shape[1] != -1) || shape[2] > largest_side ||
        shape[3] > largest_side || input.type != model::DataType::f32) {
        return no_embedder(model, fmt::format("its input is {} {}", to_string(input.type),
                                              model::shape_text(input)));
    }
    if (output.has_shape && !is_embedding(output.shape)) {
        return no_embedder(model, "its output is " + model::shape_text(output));
    }
    EmbeddingSpec spec;
    spec.network.input_name = input.name;
    spec.network.output_name = output.name;
    spec.network.batch = shape[0] < 0 ? 0 : static_cast<int>(shape[0]);
    spec.network.height = shape[2] < 0 ? default_height : static_cast<int>(shape[2]);
    spec.network.width = shape[3] < 0 ? default_width : static_cast<int>(shape[3]);
    spec.network.dynamic_size = shape[2] < 0 && shape[3] < 0;
    spec.network.stride = 1;
    if (auto ok = read_three(model, "mean", spec.mean); !ok) return fail(ok.error());
    if (auto ok = read_three(model, "std", spec.deviation); !ok) return fail(ok.error());
    for (const float deviation : spec.deviation) {
        if (deviation > 0) continue;
        return fail(ErrorCode::corrupt,
                    fmt::format("{}: its metadata 'std' has {} in it", model.name(), deviation));
    }
    return spec;
}

}  // namespace saccade::detect
