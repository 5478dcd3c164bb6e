#include "detect/host_detector.h"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstring>
#include <utility>

#include "detect/first_look.h"
#include "detect/fit.h"

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

NetworkCopies host_copies() {
    return {
        .in = [](std::span<const std::byte> from,
                 const infer::TensorView& to) { std::memcpy(to.data, from.data(), from.size()); },
        .out = [](const infer::TensorView& from,
                  std::span<float> to) { std::memcpy(to.data(), from.data, to.size_bytes()); }};
}

}  // namespace

Result<std::unique_ptr<Detector>> HostDetector::create(std::unique_ptr<infer::Backend> backend,
                                                       const model::ModelSpec& spec,
                                                       std::string model_name,
                                                       const Thresholds& thresholds) {
    auto fitted = fit(backend->info(), spec, std::move(model_name), thresholds);
    if (!fitted) return fail(fitted.error());
    if (backend->input(0).memory != MemoryKind::host) {
        return fail(ErrorCode::unsupported,
                    fitted->info.model + ": the network's input is not in the host's memory");
    }
    if (auto ok = first_look(*backend, fitted->output, spec, fitted->info.model, host_copies());
        !ok) {
        return fail(ok.error());
    }
    Postprocessor postprocessor(spec, fitted->layout.width, fitted->layout.height, thresholds);
    return std::unique_ptr<Detector>(
        new HostDetector(std::move(backend), std::move(fitted->info), fitted->output,
                         vision::Preprocessor(fitted->layout), std::move(postprocessor)));
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
