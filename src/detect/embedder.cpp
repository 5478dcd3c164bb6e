#include "detect/embedder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <utility>

#include "core/crop.h"
#include "infer/registry.h"

namespace saccade::detect {
namespace {

vision::InputLayout layout_for(const infer::Shape& input) {
    vision::InputLayout layout;
    layout.height = static_cast<int>(input[2]);
    layout.width = static_cast<int>(input[3]);
    layout.placement = Placement::stretched;
    return layout;
}

/// Scales a row to length 1; false where it has numbers that are not finite.
bool to_unit_length(std::span<const float> from, std::span<float> to) {
    double sum = 0;
    for (const float x : from) sum += static_cast<double>(x) * x;
    if (!std::isfinite(sum)) return false;
    const double scale = sum > 0 ? 1 / std::sqrt(sum) : 0;
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<float>(from[i] * scale);
    return true;
}

}  // namespace

Result<std::unique_ptr<Embedder>> Embedder::load(const EmbedderOptions& options) {
    const auto model = model::OnnxModel::load(options.model, options.backend.stop);
    if (!model) return fail(model.error());
    return load(*model, options.backend);
}

Result<std::unique_ptr<Embedder>> Embedder::load(const model::OnnxModel& model,
                                                 const infer::BackendOptions& options) {
    const auto spec = read_embedding_spec(model);
    if (!spec) return fail(spec.error());

    infer::BackendOptions load = options;
    load.width = spec->network.width;
    load.height = spec->network.height;
    auto backend = infer::make_backend(model::free_dimensions(model, spec->network), load);
    if (!backend) return fail(backend.error());

    const infer::BackendInfo& info = (*backend)->info();
    std::size_t output = 0;
    while (output < info.outputs.size() && info.outputs[output].name != spec->network.output_name) {
        ++output;
    }
    const bool host = (*backend)->input(0).memory == MemoryKind::host &&
                      info.input.type == infer::ElementType::f32;
    if (!host || output == info.outputs.size() ||
        info.outputs[output].type != infer::ElementType::f32) {
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
    const auto dimension = static_cast<std::size_t>(shape[1]);
    return std::unique_ptr<Embedder>(
        new Embedder(std::move(*backend), *spec, model.name(), output, dimension));
}

Embedder::Embedder(std::unique_ptr<infer::Backend> backend, const EmbeddingSpec& spec,
                   std::string model_name, std::size_t output, std::size_t dimension)
    : backend_(std::move(backend)),
      spec_(spec),
      model_name_(std::move(model_name)),
      output_(output),
      dimension_(dimension),
      preprocessor_(layout_for(backend_->info().input.shape)) {}

Result<void> Embedder::embed(const Frame& frame, std::span<const Detection> detections,
                             std::vector<float>& rows) {
    rows.assign(detections.size() * dimension_, 0);
    if (detections.empty()) return {};
    if (frame.memory != MemoryKind::host) {
        return fail(ErrorCode::unsupported,
                    model_name_ + ": looks are taken from frames in the host's memory only",
                    "decode to host memory, or run without --reid");
    }
    if (auto checked = vision::check_host_frame(frame); !checked) return checked;

    const std::lock_guard lock(mutex_);
    const auto batch = static_cast<std::size_t>(backend_->info().max_batch);
    std::vector<std::size_t> numbers;  // of the detections in the batch
    for (std::size_t i = 0; i < detections.size(); ++i) {
        if (const auto part = crop(frame, detections[i].box)) {
            if (auto filled = fill(*part, numbers.size()); !filled) return filled;
            numbers.push_back(i);
        }
        if (numbers.size() < batch && i + 1 < detections.size()) continue;
        if (auto done = run(numbers, rows); !done) return done;
        numbers.clear();
    }
    return {};
}

Result<void> Embedder::fill(const Frame& part, std::size_t image) {
    auto* const at = reinterpret_cast<float*>(static_cast<std::byte*>(backend_->input(0).data) +
                                              image * preprocessor_.image_bytes());
    vision::Letterbox held;
    if (auto done = preprocessor_.run(part, at, held); !done) return done;
    const std::size_t plane = preprocessor_.image_bytes() / 3 / sizeof(float);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const float mean = spec_.mean[channel], scale = 1 / spec_.deviation[channel];
        for (float& value : std::span(at + channel * plane, plane)) {
            value = (value - mean) * scale;
        }
    }
    return {};
}

Result<void> Embedder::run(std::span<const std::size_t> numbers, std::vector<float>& rows) {
    if (numbers.empty()) return {};
    if (auto started = backend_->submit(0, static_cast<int>(numbers.size())); !started) {
        return started;
    }
    const auto outputs = backend_->wait(0);
    if (!outputs) return fail(outputs.error());
    const auto* from = static_cast<const float*>((*outputs)[output_].data);
    for (const std::size_t number : numbers) {
        const std::span<float> row(rows.data() + number * dimension_, dimension_);
        if (!to_unit_length({from, dimension_}, row)) {
            return fail(ErrorCode::internal,
                        model_name_ + ": the network gave numbers that are not finite",
                        "check the model: its metadata 'mean' and 'std', and its weights");
        }
        from += dimension_;
    }
    return {};
}

}  // namespace saccade::detect
