// One device's memory probe for several readers.
#pragma once

#include <memory>
#include <mutex>

#include "memory/probe.h"

namespace saccade::memory {

/// Any thread may read.
class SharedProbe final : public Probe {
  public:
    explicit SharedProbe(std::unique_ptr<Probe> probe) : probe_(std::move(probe)) {}
    State read() override {
        std::lock_guard lock(mutex_);
        return probe_->read();
    }

  private:
    std::mutex mutex_;
    std::unique_ptr<Probe> probe_;
};

}  // namespace saccade::memory
