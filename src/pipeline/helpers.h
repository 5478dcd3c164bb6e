// Threads that lend the streams a hand.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace saccade::pipeline {

/// Work that is posted is begun in order, by the first thread that is free. Whoever needs it does
/// it himself where none has begun it, so that no stream waits for the work of others. Any thread.
class Helpers {
  public:
    /// Half of the processors, 8 at most: the others decode, track and write.
    [[nodiscard]] static std::size_t usual() noexcept {
        return std::clamp<std::size_t>(std::thread::hardware_concurrency() / 2, 1, 8);
    }
    explicit Helpers(std::size_t threads = usual()) : count_(threads) {}
    Helpers(const Helpers&) = delete;
    Helpers& operator=(const Helpers&) = delete;
    /// Waits for what was begun, and drops the rest.
    ~Helpers() {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
            work_.clear();
        }
        some_.notify_all();
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    /// The threads are there from the first call on.
    void post(std::function<void()> work) {
        {
            const std::lock_guard lock(mutex_);
            work_.push_back(std::move(work));
            if (threads_.empty()) {
                for (std::size_t i = 0; i < count_; ++i) threads_.emplace_back([this] { help(); });
            }
        }
        some_.notify_one();
    }

  private:
    void help() {
        std::unique_lock lock(mutex_);
        for (;;) {
            some_.wait(lock, [&] { return over_ || !work_.empty(); });
            if (over_) return;
            const auto work = std::move(work_.front());
            work_.pop_front();
            lock.unlock();
            work();
            lock.lock();
        }
    }

    const std::size_t count_;
    std::mutex mutex_;
    std::condition_variable some_;
    std::deque<std::function<void()>> work_;
    bool over_ = false;
    std::vector<std::jthread> threads_;  ///< last: they use what is above
};

}  // namespace saccade::pipeline
