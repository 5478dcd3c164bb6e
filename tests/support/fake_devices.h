// Devices for the pipeline's tests: detectors that the test keeps, or a script.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "pipeline/devices.h"

namespace saccade::test {

/// A device a detector, whatever the stream's size. The detectors outlive this.
class FixedDevices final : public pipeline::Devices {
  public:
    FixedDevices(std::initializer_list<detect::Detector*> detectors) : detectors_(detectors) {}
    [[nodiscard]] std::size_t count() const noexcept override { return detectors_.size(); }
    [[nodiscard]] Size input_for(Size) const override { return {}; }
    Result<std::shared_ptr<detect::Detector>> make(std::size_t device, Size) override {
        return std::shared_ptr<detect::Detector>(std::shared_ptr<void>(), detectors_[device]);
    }
    Result<pipeline::DeviceMemory> memory(std::size_t, const detect::DetectorInfo&) override {
        return pipeline::DeviceMemory{};
    }

  private:
    std::vector<detect::Detector*> detectors_;
};

/// Memory that reads what a function tells.
class ScriptedProbe final : public memory::Probe {
  public:
    explicit ScriptedProbe(std::function<memory::State()> read) : read_(std::move(read)) {}
    memory::State read() override { return read_(); }

  private:
    std::function<memory::State()> read_;
};

}  // namespace saccade::test
