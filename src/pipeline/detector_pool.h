// Detectors made when the first stream needs them: one a device and input size, shared by all
// streams of that size.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
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
    /// one is made, on a thread of the pool's: once `stop` was requested nobody waits, and the
    /// detector is there for later streams. Errors: those of Devices::make(); that of the detector,
    /// where it broke; interrupted.
    Result<InferStage*> stage(std::size_t device, Size source, const std::stop_token& stop = {});
    [[nodiscard]] bool loading() const;

    /// Bytes that may be held on a device that has a detector; 0 for all there are.
    [[nodiscard]] std::size_t limit(std::size_t device) const;

    /// Admission of decoders to a device that has a detector.
    [[nodiscard]] memory::DecoderAdmission& decoders(std::size_t device);

    /// When the first detector was there: what came before was spent on loading it.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> ready_since() const;

    /// Ends all detectors' threads, when no stream is left; waits for one that is being made.
    void finish();

    /// At any time: fills in the devices, in the order in which their detectors were made, and why
    /// one broke or none could be made.
    void report(RunReport& report) const;

    /// How a device stands. Of one without a detector only the streams are known.
    struct DeviceState {
        std::size_t streams = 0, limit = 0;
        memory::State memory;
        std::uint64_t decoders_waited = 0;
    };
    [[nodiscard]] std::vector<DeviceState> devices() const;
    /// Each detector's device and stage, in the order in which they were made; they live as long as
    /// this.
    [[nodiscard]] std::vector<std::pair<std::size_t, InferStage*>> stages() const;
    /// Streams that share all devices: as the options say, else those that live.
    [[nodiscard]] std::size_t streams_at_once() const;
    [[nodiscard]] std::size_t device_count() const noexcept { return devices_.count(); }

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
        std::size_t device = 0;
        std::shared_ptr<detect::Detector> detector;
        std::unique_ptr<InferStage> stage;
        std::jthread thread;
    };
    /// A detector that is being made.
    struct Load {
        std::size_t device = 0;
        Size input;
        std::optional<Result<InferStage*>> result;  ///< once it is over
    };

    std::optional<Result<InferStage*>> known(std::size_t device, Size input) const;
    void load(const std::shared_ptr<Load>& load);
    Result<InferStage*> make(std::size_t device, Size input);
    [[nodiscard]] std::optional<Error> broken(const Device& device) const;

    Devices& devices_;
    const PipelineOptions& options_;
    mutable std::mutex mutex_;
    std::condition_variable_any loaded_;
    std::shared_ptr<Load>
        load_;  ///< one at a time: libraries of GPUs are not all safe to start in parallel
    std::jthread loader_;
    std::vector<Device> state_;  ///< by device; written by the loader alone, under mutex_
    std::deque<Made> made_;
    std::optional<Error> refusal_;  ///< the first
    std::optional<std::chrono::steady_clock::time_point> ready_since_;
};

}  // namespace saccade::pipeline
