// What the pipeline runs on: devices, and how a detector comes onto one.
#pragma once

#include <cstddef>
#include <memory>

#include "core/size.h"
#include "detect/detector.h"
#include "memory/governor.h"
#include "saccade/error.h"

namespace saccade::pipeline {

/// A device's memory, as its governors and the admission of decoders see it.
struct DeviceMemory {
    std::unique_ptr<memory::Probe> probe;  ///< none: only failures govern
    std::size_t limit = 0;                 ///< bytes this process may hold there; 0: all there are
};

/// The devices of a run, numbered from 0. make() and memory() are called by one thread at a time.
class Devices {
  public:
    Devices() = default;
    Devices(const Devices&) = delete;
    Devices& operator=(const Devices&) = delete;
    virtual ~Devices() = default;

    [[nodiscard]] virtual std::size_t count() const noexcept = 0;

    /// The network's input for streams of this size. Any thread.
    [[nodiscard]] virtual Size input_for(Size source) const = 0;

    /// Loads the network at one input size. Called once for each device and size that a stream
    /// needs, when the first such stream is opened; again after out_of_memory only.
    virtual Result<std::shared_ptr<detect::Detector>> make(std::size_t device, Size input) = 0;

    /// Asked once a device, when its first detector is there.
    virtual Result<DeviceMemory> memory(std::size_t device, const detect::DetectorInfo& info) = 0;
};

}  // namespace saccade::pipeline
