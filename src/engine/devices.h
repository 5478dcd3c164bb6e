// The devices of the settings, with the model on them.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/setup.h"
#include "pipeline/devices.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// Loads the model's detectors as streams ask for them.
class EngineDevices final : public pipeline::Devices {
  public:
    /// For a run over so many sources; loads nothing. Errors: those of plan_detector and
    /// device_list.
    static Result<std::unique_ptr<EngineDevices>> plan(
        const Settings& settings, std::shared_ptr<const model::PreparedModel> model,
        infer::Goal goal, std::size_t sources, std::stop_token stop);

    /// Told of the first detector and of the time that loading it took, before any frame goes
    /// through it. On a thread of the pipeline's.
    void on_first(std::function<void(const detect::DetectorInfo&, std::chrono::nanoseconds)> told) {
        on_first_ = std::move(told);
    }

    [[nodiscard]] const DetectorPlan& detector() const noexcept { return detector_; }
    /// Those of the run, by number.
    [[nodiscard]] std::span<const infer::Device> used() const noexcept { return used_; }
    /// "cpu", "cuda:0" ...
    [[nodiscard]] std::string name(std::size_t device) const { return to_string(used_[device]); }
    /// The GPU's number, -1 for the host.
    [[nodiscard]] int cuda_ordinal(std::size_t device) const { return used_[device].cuda; }

    [[nodiscard]] std::size_t count() const noexcept override { return used_.size(); }
    [[nodiscard]] Size input_for(Size source) const override {
        return detector_.input.input_for(source);
    }
    /// Waits a while where others hold the device's memory.
    Result<std::shared_ptr<detect::Detector>> make(std::size_t device, Size input) override;
    Result<pipeline::DeviceMemory> memory(std::size_t device,
                                          const detect::DetectorInfo& info) override;

  private:
    EngineDevices(const Settings& settings, DetectorPlan detector, std::vector<infer::Device> used,
                  std::stop_token stop)
        : settings_(settings),
          detector_(std::move(detector)),
          used_(std::move(used)),
          stop_(std::move(stop)) {}

    const Settings& settings_;
    DetectorPlan detector_;
    std::vector<infer::Device> used_;  ///< by number in this run
    const std::stop_token stop_;
    struct Memory {
        std::unique_ptr<memory::Probe> probe;  ///< until memory() hands it out
        std::size_t limit = 0;                 ///< bytes; 0: none
        std::size_t others = 0;                ///< bytes that others held at the start
        bool waited_for = false;               ///< for a network to be loaded
    };
    std::vector<Memory> memories_;  ///< by device
    std::function<void(const detect::DetectorInfo&, std::chrono::nanoseconds)> on_first_;
};

}  // namespace saccade::engine
