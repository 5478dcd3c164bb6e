// The detector on a machine without a GPU: pre- and postprocessing on the host around any backend
// whose inputs and outputs are in host memory.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detect/detector.h"
#include "detect/postprocess.h"
#include "infer/backend.h"
#include "model/spec.h"
#include "vision/preprocess.h"

namespace saccade::detect {

/// A ring of the backend's slots: submit fills the next one, collect waits for the oldest.
class HostDetector final : public Detector {
  public:
    /// Errors: invalid_argument (thresholds out of range), unsupported (input or output of a type
    /// or place that the host can't fill or read).
    static Result<std::unique_ptr<Detector>> create(std::unique_ptr<infer::Backend> backend,
                                                    const model::ModelSpec& spec,
                                                    std::string model_name,
                                                    const Thresholds& thresholds);

    [[nodiscard]] const DetectorInfo& info() const noexcept override { return info_; }
    [[nodiscard]] int max_batch() const noexcept override { return info_.backend.max_batch; }
    [[nodiscard]] int depth() const noexcept override { return static_cast<int>(slots_.size()); }
    [[nodiscard]] int in_flight() const noexcept override { return in_flight_; }
    Result<void> submit(std::span<const Frame> frames) override;
    Result<std::vector<Detections>> collect() override;
    [[nodiscard]] bool ready() const override { return backend_->done(oldest_); }
    void on_ready(std::function<void()> told) override { backend_->on_done(std::move(told)); }
    [[nodiscard]] infer::MemoryUse memory() const override { return backend_->memory(); }
    [[nodiscard]] DetectorTimes times() const override { return times_; }
    Result<std::vector<infer::LayerTime>> layer_times() override {
        return backend_->layer_times((oldest_ + depth() - 1) % depth());
    }

  private:
    /// One of the backend's slots, as its input was last filled.
    struct Slot {
        int batch = 0;
        std::vector<vision::Letterbox> held;  ///< by image
    };

    HostDetector(std::unique_ptr<infer::Backend> backend, DetectorInfo info, std::size_t output,
                 vision::Preprocessor preprocessor, Postprocessor postprocessor);

    std::unique_ptr<infer::Backend> backend_;
    DetectorInfo info_;
    std::size_t output_;  ///< which of the backend's outputs is the head's
    vision::Preprocessor preprocessor_;
    Postprocessor postprocessor_;
    std::vector<Slot> slots_;
    int oldest_ = 0, in_flight_ = 0;
    DetectorTimes times_;
};

}  // namespace saccade::detect
