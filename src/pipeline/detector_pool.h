// Detectors made when the first stream needs them: one a device and input size, shared by all
// streams of that size.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/size.h"
#include "memory/decoder_budget.h"
#include "memory/shared_probe.h"
#include "pipeline/devices.h"
#include "pipeline/infer_stage.h"
#include "pipeline/pipeline.h"

namespace saccade::pipeline {

/// Each detector has a batcher, a governor and a thread of its own; those of one device read the
/// same memory. Any thread, but for finish() and what follows it.
class DetectorPool {
  public:
    DetectorPool(Devices& devices, const PipelineOptions& options);
    DetectorPool(const DetectorPool&) = delete;
    DetectorPool& operator=(const DetectorPool&) = delete;
    ~DetectorPool() { finish(); }

    /// A device for a further stream: of those that work, the one with the fewest live streams.
    /// Error: that of a detector that broke, where no device is left.
    Result<std::size_t> enter();
    void leave(std::size_t device);

    /// The device's detector for streams of this size, made where there is none yet. Blocks while
    /// one is made. Errors: those of Devices::make(); that of the detector, where it broke.
    Result<InferStage*> stage(std::size_t device, Size source);

    /// Bytes that may be held on a device that has a detector; 0 for all there are.
    [[nodiscard]] std::size_t limit(std::size_t device) const;

    /// Admission of decoders to a device that has a detector.
    [[nodiscard]] memory::DecoderAdmission& decoders(std::size_t device);

    /// When the first detector was there: what came before was spent on loading it.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> ready_since() const;

    /// Ends all detectors' threads, when no stream is left.
    void finish();

    /// After finish(): fills in the devices, in the order in which their detectors were made, and
    /// why one broke or none could be made.
    void report(RunReport& report) const;

  private:
    struct Device {
        std::unique_ptr<memory::SharedProbe> probe;
        std::size_t limit = 0;
        std::unique_ptr<memory::DecoderAdmission> decoders;  ///< from its first detector on
        std::map<Size, InferStage*> stages;
        std::map<Size, Error> refused;  ///< not to be tried again
        std::size_t streams = 0;        ///< live
    };
    /// In this order, so that the thread goes first and the detector last.
    struct Made {
        std::shared_ptr<detect::Detector> detector;
        std::unique_ptr<InferStage> stage;
        std::jthread thread;
    };

    std::optional<Result<InferStage*>> known(std::size_t device, Size input);
    Result<InferStage*> make(std::size_t device, Size input);
    [[nodiscard]] std::optional<Error> broken(const Device& device) const;

    Devices& devices_;
    const PipelineOptions& options_;
    std::mutex making_;  ///< held while a detector is made; taken before mutex_
    mutable std::mutex mutex_;
    std::vector<Device> state_;  ///< by device
    std::deque<Made> made_;
    std::optional<Error> refusal_;  ///< the first
    std::optional<std::chrono::steady_clock::time_point> ready_since_;
};

}  // namespace saccade::pipeline
