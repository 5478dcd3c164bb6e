// Time as a thing that can be handed in, so that tests need not wait.
#pragma once

#include <chrono>

namespace saccade {

/// A monotonic clock. Any thread.
class Clock {
  public:
    using time_point = std::chrono::steady_clock::time_point;
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    [[nodiscard]] virtual time_point now() const noexcept = 0;
};

class SteadyClock final : public Clock {
  public:
    [[nodiscard]] time_point now() const noexcept override {
        return std::chrono::steady_clock::now();
    }
};

}  // namespace saccade
