#include "pipeline/batcher.h"

#include <algorithm>
#include <utility>

namespace saccade::pipeline {

void pass_on(std::shared_ptr<Boundary> boundary, std::shared_ptr<Boundary>& next) {
    if (boundary == nullptr) return;
    if (next != nullptr) {
        boundary->lost_data |= next->lost_data;
        boundary->format_changed |= next->format_changed;
        boundary->new_size |= next->new_size;
        if (boundary->reason.empty()) boundary->reason = std::move(next->reason);
        boundary->outages.insert(boundary->outages.end(), next->outages.begin(),
                                 next->outages.end());
    }
    next = std::move(boundary);
}

void Batcher::open(std::uint32_t stream, Kind kind, std::size_t capacity) {
    std::lock_guard lock(mutex_);
    Stream& made = streams_[stream];
    made = Stream{};
    made.capacity = capacity > 0 ? capacity : options_.queue;
    made.credit = options_.credit;
    made.kind = kind;
    made.cancelled = aborted_;
}

bool Batcher::push(Item item) {
    Frame dropped;  // given back outside the lock
    std::unique_lock lock(mutex_);
    Stream& stream = streams_.at(item.frame.id.stream);
    if (stream.kind == Kind::live && stream.queue.size() >= stream.capacity) {
        dropped = std::move(stream.queue.front().frame);
        auto boundary = std::move(stream.queue.front().boundary);
        const bool looked_at = !stream.queue.front().carried;
        stream.queue.pop_front();
        Item& next = stream.queue.empty() ? item : stream.queue.front();
        pass_on(std::move(boundary), next.boundary);
        if (looked_at) next.carried = false;
        ++(stream.credit == 0 ? stream.dropped.results : stream.dropped.detector);
    }
    producers_.wait(lock,
                    [&] { return stream.cancelled || stream.queue.size() < stream.capacity; });
    if (stream.cancelled) return false;
    stream.queue.push_back(std::move(item));
    peak_ = std::max(peak_, stream.queue.size());
    lock.unlock();
    consumer_.notify_one();
    return true;
}

void Batcher::finish(std::uint32_t stream) {
    std::lock_guard lock(mutex_);
    streams_.at(stream).finished = true;
    consumer_.notify_one();
}

void Batcher::cancel(std::uint32_t stream) {
    std::deque<Item> dropped;
    {
        std::lock_guard lock(mutex_);
        const auto found = streams_.find(stream);
        if (found == streams_.end()) return;
        found->second.cancelled = true;
        dropped.swap(found->second.queue);
    }
    producers_.notify_all();
    consumer_.notify_one();
    drained_.notify_all();
}

void Batcher::delivered(std::uint32_t stream, std::chrono::nanoseconds latency) {
    std::lock_guard lock(mutex_);
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return;
    --found->second.undelivered;
    if (found->second.kind == Kind::live) tuner_.add(latency);
    drained_.notify_all();
}

void Batcher::wait_drained(std::uint32_t stream) {
    std::unique_lock lock(mutex_);
    const Stream& s = streams_.at(stream);
    drained_.wait(lock, [&] { return aborted_ || (s.queue.empty() && s.undelivered == 0); });
}

bool Batcher::wait_drained(std::uint32_t stream, const std::stop_token& stop,
                           std::chrono::nanoseconds grace) {
    std::unique_lock lock(mutex_);
    const Stream& s = streams_.at(stream);
    const auto done = [&] { return aborted_ || (s.queue.empty() && s.undelivered == 0); };
    // Who requests the stop cancels the stream next, which wakes this.
    drained_.wait(lock, [&] { return done() || stop.stop_requested(); });
    return drained_.wait_for(lock, grace, done);
}

Batcher::StreamState Batcher::state(std::uint32_t stream) const {
    std::lock_guard lock(mutex_);
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return {};
    return {found->second.queue.size(), found->second.dropped};
}

void Batcher::abort() {
    std::vector<std::deque<Item>> dropped;
    {
        std::lock_guard lock(mutex_);
        aborted_ = true;
        for (auto& [id, stream] : streams_) {
            stream.cancelled = true;
            dropped.push_back(std::exchange(stream.queue, {}));
        }
    }
    producers_.notify_all();
    consumer_.notify_all();
    drained_.notify_all();
}

void Batcher::release(std::uint32_t stream) {
    {
        std::lock_guard lock(mutex_);
        const auto found = streams_.find(stream);
        if (found == streams_.end()) return;
        ++found->second.credit;
    }
    consumer_.notify_one();
}

Drops Batcher::close(std::uint32_t stream) {
    Drops dropped;
    {
        std::lock_guard lock(mutex_);
        const auto found = streams_.find(stream);
        if (found == streams_.end()) return {};
        dropped = found->second.dropped;
        streams_.erase(found);
    }
    consumer_.notify_one();
    return dropped;
}

void Batcher::shutdown() {
    {
        std::lock_guard lock(mutex_);
        shutdown_ = true;
    }
    consumer_.notify_all();
}

std::size_t Batcher::ready() const {
    std::size_t count = 0;
    for (const auto& [id, stream] : streams_) count += std::min(stream.queue.size(), stream.credit);
    return count;
}

bool Batcher::can_grow() const {
    return std::any_of(streams_.begin(), streams_.end(), [&](const auto& entry) {
        const Stream& s = entry.second;
        if (s.kind == Kind::urgent) return false;  // its frames come from others'
        const bool fed = !s.finished && !s.cancelled && s.queue.size() < s.capacity;
        return fed || s.queue.size() > s.credit;  // credit comes back as sinks write
    });
}

/// When the first frame of a live stream that could be taken has waited for long enough.
std::chrono::steady_clock::time_point Batcher::due() const {
    auto first = std::chrono::steady_clock::time_point::max();
    for (const auto& [id, stream] : streams_) {
        if (stream.kind == Kind::file || stream.queue.empty() || stream.credit == 0) continue;
        const bool urgent = stream.kind == Kind::urgent;
        const auto wait = urgent ? std::chrono::nanoseconds(0) : tuner_.wait();
        first = std::min(first, stream.queue.front().decoded + wait);
    }
    return first;
}

std::vector<Item> Batcher::take(std::size_t max) {
    std::vector<Item> batch;
    batch.reserve(max);
    take_in_turn(batch, max, true);
    take_in_turn(batch, max, false);
    producers_.notify_all();
    return batch;
}

void Batcher::take_in_turn(std::vector<Item>& batch, std::size_t max, bool urgent) {
    const auto now = std::chrono::steady_clock::now();
    auto next = streams_.upper_bound(turn_);
    std::size_t idle = 0;  // streams passed over in a row
    while (batch.size() < max && idle < streams_.size()) {
        if (next == streams_.end()) next = streams_.begin();
        Stream& stream = next->second;
        const bool meant = (stream.kind == Kind::urgent) == urgent;
        if (!meant || stream.queue.empty() || stream.credit == 0) {
            ++idle;
        } else {
            idle = 0;
            --stream.credit;
            ++stream.undelivered;
            batch.push_back(std::move(stream.queue.front()));
            batch.back().taken = now;
            stream.queue.pop_front();
            turn_ = next->first;
        }
        ++next;
    }
}

std::vector<Item> Batcher::next(std::size_t max) {
    std::unique_lock lock(mutex_);
    const auto complete = [&] { return ready() >= max || !can_grow(); };
    const auto over = [&] { return aborted_ || (shutdown_ && ready() == 0 && !can_grow()); };
    for (;;) {
        consumer_.wait(lock, [&] { return ready() > 0 || over(); });
        if (ready() == 0) return {};
        const auto filled = std::chrono::steady_clock::now() + options_.max_wait;
        // Until when is asked again at each wake-up: an urgent frame that has come can't wait.
        for (auto until = std::min(filled, due());
             !complete() && std::chrono::steady_clock::now() < until;
             until = std::min(filled, due())) {
            consumer_.wait_until(lock, until);
        }
        // The frames may have been cancelled in the meantime: then wait on.
        if (std::vector<Item> batch = take(max); !batch.empty()) return batch;
    }
}

bool Batcher::has_batch(std::size_t max) const {
    const std::size_t count = ready();
    if (count == 0) return false;
    return count >= max || !can_grow() || std::chrono::steady_clock::now() >= due();
}

std::vector<Item> Batcher::try_next(std::size_t max) {
    std::lock_guard lock(mutex_);
    return has_batch(max) ? take(max) : std::vector<Item>{};
}

std::vector<Item> Batcher::next_or_woken(std::size_t max) {
    std::unique_lock lock(mutex_);
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
    while (!has_batch(max)) {
        if (std::exchange(woken_, false) || std::chrono::steady_clock::now() >= end) return {};
        consumer_.wait_until(lock, std::min(end, due()));
    }
    return take(max);
}

void Batcher::wake() {
    {
        std::lock_guard lock(mutex_);
        woken_ = true;
    }
    consumer_.notify_one();
}

std::size_t Batcher::waiting() const {
    std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& [id, stream] : streams_) count += stream.queue.size();
    return count;
}

std::size_t Batcher::peak() const {
    std::lock_guard lock(mutex_);
    return peak_;
}

}  // namespace saccade::pipeline
