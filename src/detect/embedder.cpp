#include "detect/embedder.h"

#include <utility>

#include "core/crop.h"

namespace saccade::detect {

Result<std::unique_ptr<Embedder>> Embedder::load(const EmbedderOptions& options) {
    const auto model = model::OnnxModel::load(options.model, options.backend.stop);
    if (!model) return fail(model.error());
    return load(*model, options.backend);
}

Result<std::unique_ptr<Embedder>> Embedder::load(const model::OnnxModel& model,
                                                 const infer::BackendOptions& options) {
    auto network = EmbeddingNetwork::open(model, options);
    if (!network) return fail(network.error());
    infer::Backend& backend = *network->backend;
    if (backend.input(0).memory != MemoryKind::host ||
        backend.info().input.type != infer::ElementType::f32) {
        return fail(ErrorCode::unsupported, model.name() + ": the host can't fill its input",
                    "load it on the device 'cpu' in fp32");
    }
    const vision::InputLayout layout = network->layout();
    return std::unique_ptr<Embedder>(new Embedder(std::move(*network), layout, model.name()));
}

Embedder::Embedder(EmbeddingNetwork network, const vision::InputLayout& layout,
                   std::string model_name)
    : backend_(std::move(network.backend)),
      spec_(network.spec),
      model_name_(std::move(model_name)),
      output_(network.output),
      dimension_(network.dimension),
      preprocessor_(layout) {}

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
            return fail(not_finite(model_name_));
        }
        from += dimension_;
    }
    return {};
}

}  // namespace saccade::detect
