#include "saccade/results.h"

#include <utility>

namespace saccade {

bool ResultQueue::push(StreamResult result, const std::stop_token& stop) {
    StreamResult dropped;  // its pixels go outside of the lock
    {
        std::unique_lock lock(mutex_);
        if (results_.size() >= capacity_ && !closed_) {
            if (when_full_ == WhenFull::drop_oldest) {
                dropped = std::move(results_.front());
                results_.pop_front();
                ++dropped_;
            } else if (!not_full_.wait(lock, stop,
                                       [&] { return closed_ || results_.size() < capacity_; })) {
                return false;
            }
        }
        if (closed_) return false;
        results_.push_back(std::move(result));
    }
    not_empty_.notify_one();
    return true;
}

std::optional<StreamResult> ResultQueue::take() {
    if (results_.empty()) return std::nullopt;
    std::optional<StreamResult> result(std::move(results_.front()));
    results_.pop_front();
    return result;
}

std::optional<StreamResult> ResultQueue::pop() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [&] { return closed_ || !results_.empty(); });
    auto result = take();
    lock.unlock();
    not_full_.notify_one();
    return result;
}

std::optional<StreamResult> ResultQueue::pop_for(std::chrono::nanoseconds duration) {
    std::unique_lock lock(mutex_);
    not_empty_.wait_for(lock, duration, [&] { return closed_ || !results_.empty(); });
    auto result = take();
    lock.unlock();
    not_full_.notify_one();
    return result;
}

std::optional<StreamResult> ResultQueue::try_pop() {
    std::unique_lock lock(mutex_);
    auto result = take();
    lock.unlock();
    not_full_.notify_one();
    return result;
}

void ResultQueue::close() {
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
    }
    not_full_.notify_all();
    not_empty_.notify_all();
}

std::size_t ResultQueue::size() const {
    std::lock_guard lock(mutex_);
    return results_.size();
}

std::uint64_t ResultQueue::dropped() const {
    std::lock_guard lock(mutex_);
    return dropped_;
}

}  // namespace saccade
