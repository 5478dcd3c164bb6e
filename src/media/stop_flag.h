// Whether a source was told to stop: by its own interrupt(), or by the token of its options.
#pragma once

#include <atomic>
#include <stop_token>

namespace saccade::media {

/// set() from any thread; asked from the reading one.
class StopFlag {
  public:
    explicit StopFlag(std::stop_token token = {}) : token_(std::move(token)) {}
    void set() noexcept { set_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool operator()() const noexcept {
        return set_.load(std::memory_order_relaxed) || token_.stop_requested();
    }

  private:
    std::atomic<bool> set_{false};
    std::stop_token token_;
};

}  // namespace saccade::media
