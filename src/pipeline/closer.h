// Takes things apart that are slow to end, so that nobody waits for them.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

namespace saccade::pipeline {

/// A thread for each piece of work, until it is done: NVDEC lets go of a decoder only up to a
/// quarter of a second after it was told to, which would keep a stream from finishing and the next
/// one from starting.
class Closer {
  public:
    Closer() = default;
    Closer(const Closer&) = delete;
    Closer& operator=(const Closer&) = delete;
    /// Waits for all that is under way.
    ~Closer() = default;

    /// Any thread. `work` must not throw.
    void close(std::function<void()> work) {
        const std::lock_guard lock(mutex_);
        under_way_.remove_if([](const Work& one) { return one.done->load(); });
        auto done = std::make_shared<std::atomic<bool>>(false);
        under_way_.push_back({done, std::jthread([done, work = std::move(work)]() mutable {
                                  work();
                                  work = nullptr;
                                  *done = true;
                              })});
    }

  private:
    struct Work {
        std::shared_ptr<std::atomic<bool>> done;
        std::jthread thread;
    };
    std::mutex mutex_;
    std::list<Work> under_way_;
};

}  // namespace saccade::pipeline
