// A function that others call, and that can be taken back from under them.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

namespace saccade {

/// Any thread. The function must not block for long, nor set another one.
class Callback {
  public:
    /// Once this returns, the function before is not called any more. Empty: none is.
    void set(std::function<void()> function) {
        const std::lock_guard lock(mutex_);
        function_ = std::move(function);
    }
    void operator()() const {
        const std::lock_guard lock(mutex_);
        if (function_) function_();
    }

  private:
    mutable std::mutex mutex_;
    std::function<void()> function_;
};

}  // namespace saccade
