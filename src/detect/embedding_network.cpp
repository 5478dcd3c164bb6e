#include "detect/embedding_network.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <utility>

#include "infer/registry.h"

namespace saccade::detect {

Result<EmbeddingNetwork> EmbeddingNetwork::open(const model::OnnxModel& model,
                                                infer::BackendOptions load) {
    const auto spec = read_embedding_spec(model);
    if (!spec) return fail(spec.error());
    load.width = spec->network.width;
    load.height = spec->network.height;
    auto backend = infer::make_backend(model::free_dimensions(model, spec->network), load);
    if (!backend) return fail(backend.error());

    const infer::BackendInfo& info = (*backend)->info();
    std::size_t output = 0;
    while (output < info.outputs.size() && info.outputs[output].name != spec->network.output_name) {
        ++output;
    }
    if (output == info.outputs.size() || info.outputs[output].type != infer::ElementType::f32) {
        return fail(ErrorCode::unsupported,
                    model.name() + ": the host can't fill its input or read its output",
                    "load it on the device 'cpu' in fp32");
    }
    const infer::Shape& shape = info.outputs[output].shape;
    if (!is_embedding(shape) || shape[1] < 1) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: not a ReID network: its output is [{}]", model.name(),
                                fmt::join(shape, ",")),
                    "give one with an output [N,D]");
    }
    return EmbeddingNetwork{std::move(*backend), *spec, output, static_cast<std::size_t>(shape[1])};
}

vision::InputLayout EmbeddingNetwork::layout() const {
    const infer::TensorInfo& input = backend->info().input;
    vision::InputLayout layout;
    layout.height = static_cast<int>(input.shape[2]);
    layout.width = static_cast<int>(input.shape[3]);
    layout.placement = Placement::stretched;
    return layout;
}

bool to_unit_length(std::span<const float> from, std::span<float> to) {
    double sum = 0;
    for (const float x : from) sum += static_cast<double>(x) * x;
    if (!std::isfinite(sum)) return false;
    const double scale = sum > 0 ? 1 / std::sqrt(sum) : 0;
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<float>(from[i] * scale);
    return true;
}

Error not_finite(const std::string& model_name) {
    return {ErrorCode::internal, model_name + ": the network gave numbers that are not finite",
            "check the model: its metadata 'mean' and 'std', and its weights"};
}

}  // namespace saccade::detect
