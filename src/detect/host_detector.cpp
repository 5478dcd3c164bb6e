#include "detect/host_detector.h"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace saccade::detect {
namespace {

using Steady = std::chrono::steady_clock;

/// Adds the time of a scope to a sum.
class Stopwatch {
  public:
    explicit Stopwatch(std::chrono::nanoseconds& sum) : sum_(sum) {}
    Stopwatch(const Stopwatch&) = delete;
    Stopwatch& operator=(const Stopwatch&) = delete;
    ~Stopwatch() { sum_ += Steady::now() - start_; }

  private:
    std::chrono::nanoseconds& sum_;
    Steady::time_point start_ = Steady::now();
};

std::optional<vision::SampleType> sample_type(infer::ElementType type) {
    switch (type) {
        case infer::ElementType::f32:
            return vision::SampleType::f32;
        case infer::ElementType::f16:
            return vision::SampleType::f16;
        case infer::ElementType::bf16:
            return vision::SampleType::bf16;
        case infer::ElementType::u8:
            return vision::SampleType::u8;
        default:
            return std::nullopt;
    }
}

Result<void> check(const Thresholds& t, const model::ModelSpec& spec) {
    const auto fraction = [](float x) { return x >= 0 && x <= 1; };
    if (!fraction(t.confidence) || !fraction(t.iou)) {
        return fail(
            ErrorCode::invalid_argument,
            fmt::format("confidence {} and IoU {} must both lie in 0..1", t.confidence, t.iou));
    }
    if (t.max_detections < 1) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("at least one detection a frame must be let through, not {}",
                                t.max_detections));
    }
    const int classes = static_cast<int>(spec.class_names.size());
    for (const int class_id : t.classes) {
        if (class_id >= 0 && class_id < classes) continue;
        return fail(ErrorCode::invalid_argument, fmt::format("the model has no class {}", class_id),
                    fmt::format("name classes from 0 to {}", classes - 1));
    }
    return {};
}

/// Index of the head among the backend's outputs.
Result<std::size_t> find_output(const infer::BackendInfo& info, const model::ModelSpec& spec) {
    for (std::size_t i = 0; i < info.outputs.size(); ++i) {
        if (info.outputs[i].name == spec.output_name) return i;
    }
    return fail(ErrorCode::unsupported,
                fmt::format("the loaded network has no output {}", spec.output_name));
}

}  // namespace

Result<std::unique_ptr<Detector>> HostDetector::create(std::unique_ptr<infer::Backend> backend,
                                                       const model::ModelSpec& spec,
                                                       std::string model_name,
                                                       const Thresholds& thresholds) {
    if (auto checked = check(thresholds, spec); !checked) return fail(checked.error());
    const infer::BackendInfo& loaded = backend->info();
    const auto output = find_output(loaded, spec);
    if (!output) return fail(output.error());
    const auto type = sample_type(loaded.input.type);
    const infer::Shape& shape = loaded.input.shape;
    if (!type || backend->input(0).memory != MemoryKind::host || shape.size() != 4 ||
        shape[1] != 3) {
        return fail(ErrorCode::unsupported,
                    fmt::format("{}: the network's input is not of three planes that the host can "
                                "fill",
                                model_name));
    }

    vision::InputLayout layout;
    layout.height = static_cast<int>(shape[2]);
    layout.width = static_cast<int>(shape[3]);
    layout.bgr = spec.input.bgr;
    layout.scale = spec.input.scale;
    layout.centered = spec.input.centered;
    layout.pad = spec.input.pad;
    layout.type = *type;

    Postprocessor postprocessor(spec, layout.width, layout.height, thresholds);
    const infer::TensorInfo& head = loaded.outputs[*output];
    if (auto checked = postprocessor.check(head.type, head.shape); !checked) {
        return fail(checked.error());
    }

    DetectorInfo info;
    info.model = std::move(model_name);
    info.family = model::to_string(spec.family);
    info.backend = loaded;
    info.class_names = spec.class_names;
    info.input_width = layout.width;
    info.input_height = layout.height;
    return std::unique_ptr<Detector>(new HostDetector(std::move(backend), std::move(info), *output,
                                                      vision::Preprocessor(layout),
                                                      std::move(postprocessor)));
}

HostDetector::HostDetector(std::unique_ptr<infer::Backend> backend, DetectorInfo info,
                           std::size_t output, vision::Preprocessor preprocessor,
                           Postprocessor postprocessor)
    : backend_(std::move(backend)),
      info_(std::move(info)),
      output_(output),
      preprocessor_(std::move(preprocessor)),
      postprocessor_(std::move(postprocessor)),
      slots_(static_cast<std::size_t>(info_.backend.slots)) {
    for (Slot& slot : slots_) slot.held.resize(static_cast<std::size_t>(info_.backend.max_batch));
}

Result<void> HostDetector::submit(std::span<const Frame> frames) {
    const int batch = static_cast<int>(frames.size());
    if (batch < 1 || batch > max_batch() || in_flight_ == depth()) {
        return fail(
            ErrorCode::internal,
            fmt::format("a batch of {} was submitted to a detector that takes {} and has {} of "
                        "{} under way",
                        batch, max_batch(), in_flight_, depth()));
    }
    for (const Frame& frame : frames) {
        if (auto checked = vision::check_host_frame(frame); !checked) return fail(checked.error());
    }
    const int number = (oldest_ + in_flight_) % depth();
    Slot& slot = slots_[static_cast<std::size_t>(number)];
    slot.batch = batch;
    {
        const Stopwatch watch(times_.preprocess);
        auto* image = static_cast<std::byte*>(backend_->input(number).data);
        for (std::size_t i = 0; i < frames.size(); ++i, image += preprocessor_.image_bytes()) {
            if (auto done = preprocessor_.run(frames[i], image, slot.held[i]); !done) {
                return fail(done.error());
            }
        }
    }
    if (auto started = backend_->submit(number, batch); !started) return fail(started.error());
    ++in_flight_;
    return {};
}

Result<std::vector<Detections>> HostDetector::collect() {
    if (in_flight_ == 0) return fail(ErrorCode::internal, "no batch is under way to be collected");
    const int number = oldest_;
    oldest_ = (oldest_ + 1) % depth();
    --in_flight_;
    const auto outputs = [&] {
        const Stopwatch watch(times_.wait);
        return backend_->wait(number);
    }();
    if (!outputs) return fail(outputs.error());

    const Stopwatch watch(times_.postprocess);
    const Slot& slot = slots_[static_cast<std::size_t>(number)];
    std::vector<Detections> results;
    results.reserve(static_cast<std::size_t>(slot.batch));
    for (int image = 0; image < slot.batch; ++image) {
        auto found = postprocessor_.run((*outputs)[output_], image,
                                        slot.held[static_cast<std::size_t>(image)]);
        if (!found) return fail(found.error());
        results.push_back(std::move(*found));
    }
    return results;
}

}  // namespace saccade::detect
