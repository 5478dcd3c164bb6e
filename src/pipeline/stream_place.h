// A stream's place on a device, and in the budget for its decoder there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>

#include "pipeline/detector_pool.h"
#include "saccade/error.h"

namespace saccade::pipeline {

/// For as long as it lives. The pool outlives it.
class StreamPlace {
  public:
    StreamPlace(DetectorPool& pool, std::uint32_t stream)
        : pool_(pool), stream_(stream), device_(pool.enter()) {}
    ~StreamPlace() {
        if (admitted_) pool_.decoders(*device_).close(stream_);
        if (device_) pool_.leave(*device_);
    }
    StreamPlace(const StreamPlace&) = delete;
    StreamPlace& operator=(const StreamPlace&) = delete;
    [[nodiscard]] const Result<std::size_t>& device() const noexcept { return device_; }

    /// Blocks until the device has room. False where that was stopped.
    bool admit(const memory::DecoderNeed& need, const std::stop_token& stop) {
        admitted_ = pool_.decoders(*device_).wait(stream_, need, stop);
        return admitted_;
    }
    void settled() {
        if (admitted_) pool_.decoders(*device_).settled(stream_);
    }

  private:
    DetectorPool& pool_;
    const std::uint32_t stream_;
    Result<std::size_t> device_;
    bool admitted_ = false;
};

}  // namespace saccade::pipeline
