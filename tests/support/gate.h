// Where a thread of a test stands until it is let through.
#pragma once

#include <condition_variable>
#include <mutex>

namespace saccade::test {

/// Holds up every thread that passes until it is opened, once and for good. Any thread.
class Gate {
  public:
    Gate() = default;
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;
    ~Gate() { open(); }

    void open() {
        {
            std::lock_guard lock(mutex_);
            open_ = true;
        }
        changed_.notify_all();
    }
    void pass() {
        std::unique_lock lock(mutex_);
        reached_ = true;
        changed_.notify_all();
        changed_.wait(lock, [&] { return open_; });
    }
    /// Until a thread stands at it.
    void wait_reached() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return reached_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false, reached_ = false;
};

}  // namespace saccade::test
