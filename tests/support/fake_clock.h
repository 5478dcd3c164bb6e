// A clock that stands still until a test moves it on.
#pragma once

#include <chrono>

#include "core/clock.h"

namespace saccade::test {

/// Stands still until told to move on. One thread.
class FakeClock final : public Clock {
  public:
    [[nodiscard]] time_point now() const noexcept override { return now_; }
    void advance(std::chrono::nanoseconds by) noexcept { now_ += by; }

  private:
    time_point now_{};
};

}  // namespace saccade::test
