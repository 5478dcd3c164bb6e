// One device's memory probe for several readers.
#pragma once

#include <memory>
#include <mutex>

#include "pipeline/governor.h"

namespace saccade::pipeline {

/// Any thread may read.
class SharedProbe final : public MemoryProbe {
  public:
    explicit SharedProbe(std::unique_ptr<MemoryProbe> probe) : probe_(std::move(probe)) {}
    MemoryState read() override {
        std::lock_guard lock(mutex_);
        return probe_->read();
    }

  private:
    std::mutex mutex_;
    std::unique_ptr<MemoryProbe> probe_;
};

}  // namespace saccade::pipeline
