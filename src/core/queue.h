// A bounded queue between two stages: blocks the producer when full, closes with a reason.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace saccade {

/// Why a queue was closed.
enum class CloseReason {
    open,       ///< it is not closed
    finished,   ///< the producer is done: what is queued is still handed out
    cancelled,  ///< the run is being given up: what is queued is dropped at once
};

/// Multi-producer, multi-consumer FIFO of at most `capacity` elements. All calls may come from any
/// thread. Nothing is ever dropped but by close(cancelled).
template <typename T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity == 0 ? 1 : capacity) {}
    BoundedQueue(const BoundedQueue&) = delete;
    BoundedQueue& operator=(const BoundedQueue&) = delete;

    /// Blocks while full. False, with `value` destroyed, once the queue is closed.
    bool push(T value) {
        std::unique_lock lock(mutex_);
        not_full_.wait(lock, [&] { return closed() || items_.size() < capacity_; });
        if (closed()) return false;
        items_.push_back(std::move(value));
        if (items_.size() > peak_) peak_ = items_.size();
        lock.unlock();
        not_empty_.notify_one();
        return true;
    }

    /// Blocks while empty. Nothing once the queue is closed and, if it finished, drained.
    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        not_empty_.wait(lock, [&] { return closed() || !items_.empty(); });
        return take(lock);
    }

    /// As pop, but gives up at `deadline` and returns nothing.
    template <typename Clock, typename Duration>
    std::optional<T> pop_until(const std::chrono::time_point<Clock, Duration>& deadline) {
        std::unique_lock lock(mutex_);
        not_empty_.wait_until(lock, deadline, [&] { return closed() || !items_.empty(); });
        return take(lock);
    }

    /// What is there now, without waiting.
    std::optional<T> try_pop() {
        std::unique_lock lock(mutex_);
        return take(lock);
    }

    /// The first reason counts, except that `cancelled` overrides `finished`.
    void close(CloseReason reason) {
        std::deque<T> dropped;  // destroyed outside the lock
        {
            std::lock_guard lock(mutex_);
            if (!closed() || reason == CloseReason::cancelled) reason_ = reason;
            if (reason_ == CloseReason::cancelled) dropped.swap(items_);
        }
        not_empty_.notify_all();
        not_full_.notify_all();
    }

    [[nodiscard]] CloseReason reason() const {
        std::lock_guard lock(mutex_);
        return reason_;
    }
    [[nodiscard]] std::size_t size() const {
        std::lock_guard lock(mutex_);
        return items_.size();
    }
    /// The most elements it ever held at once.
    [[nodiscard]] std::size_t peak() const {
        std::lock_guard lock(mutex_);
        return peak_;
    }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  private:
    [[nodiscard]] bool closed() const { return reason_ != CloseReason::open; }

    std::optional<T> take(std::unique_lock<std::mutex>& lock) {
        if (items_.empty()) return std::nullopt;
        std::optional<T> value(std::move(items_.front()));
        items_.pop_front();
        lock.unlock();
        not_full_.notify_one();
        return value;
    }

    const std::size_t capacity_;
    mutable std::mutex mutex_;
    std::condition_variable not_full_, not_empty_;
    std::deque<T> items_;
    std::size_t peak_ = 0;
    CloseReason reason_ = CloseReason::open;
};

}  // namespace saccade
