#include "pipeline/part_join.h"

#include <utility>

namespace saccade::pipeline {

void PartJoin::ended(std::uint64_t part, std::uint64_t frames, std::optional<std::uint64_t> next) {
    {
        std::lock_guard lock(mutex_);
        if (part < current_) return;  // void
        parts_[part].frames = frames;
        parts_[part].next = next;
    }
    room_.notify_all();
}

std::uint64_t PartJoin::turn() const {
    // (Behind an empty part, of which no frame tells that it is over.)
    std::uint64_t number = current_;
    for (;;) {
        const auto found = parts_.find(number);
        if (found == parts_.end()) return number;
        const Part& part = found->second;
        if (!part.frames || part.passed < *part.frames) return number;
        number = part.next.value_or(number + 1);
    }
}

std::uint64_t PartJoin::dropped() const {
    std::lock_guard lock(mutex_);
    return dropped_;
}

std::size_t PartJoin::put_by() const {
    std::lock_guard lock(mutex_);
    return put_by_;
}

void PartJoin::admit(Item& item) {
    const std::size_t bytes = item.picture != nullptr ? item.picture->bytes() : 0;
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] {
        return stopped_ || item.part <= turn() || put_by_ == 0 || put_by_ + bytes <= most_;
    });
    if (item.part <= turn()) return;
    item.put_by = bytes;
    put_by_ += bytes;
}

void PartJoin::stop() {
    {
        std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    room_.notify_all();
}

void PartJoin::leaves(Item& item) {
    if (item.put_by == 0) return;
    {
        std::lock_guard lock(mutex_);
        drop(item);
    }
    room_.notify_all();
}

void PartJoin::drop(Item& item) noexcept {
    put_by_ -= std::exchange(item.put_by, 0);
}

void PartJoin::add(Detected detected, std::deque<Detected>& in_turn) {
    const std::uint64_t number = detected.item.part;
    // (Only this thread moves on to another part.)
    const bool waits = number != current_;
    if (waits) {
        if (detected.item.picture != nullptr && number > current_) detected.item.picture->put_by();
        drop_pixels(detected.item.frame);
        detected.item.holds_credit = false;
    }
    {
        std::lock_guard lock(mutex_);
        if (number < current_) {
            ++dropped_;
            drop(detected.item);
        } else {
            if (waits && detected.looks != nullptr) {
                detected.item.put_by += detected.looks->bytes();
                put_by_ += detected.looks->bytes();
            }
            parts_[number].waiting.push_back(std::move(detected));
            advance(in_turn);
        }
    }
    room_.notify_all();
    if (waits) batcher_.release(stream_);
}

void PartJoin::finish(std::deque<Detected>& in_turn) {
    {
        std::lock_guard lock(mutex_);
        advance(in_turn);
        parts_.clear();
        stopped_ = true;
    }
    room_.notify_all();
}

void PartJoin::advance(std::deque<Detected>& in_turn) {
    for (;;) {
        const auto found = parts_.find(current_);
        if (found == parts_.end()) return;
        Part& part = found->second;
        for (Detected& detected : part.waiting) {
            // (Sources foretell indices from packets, of which some give no frame.)
            detected.item.frame.id.index = next_index_++;
            in_turn.push_back(std::move(detected));
        }
        part.passed += part.waiting.size();
        part.waiting.clear();
        if (!part.frames || part.passed < *part.frames) return;
        current_ = part.next.value_or(current_ + 1);
        for (auto left = parts_.begin(); left != parts_.end() && left->first < current_;) {
            if (left != found) {
                dropped_ += left->second.waiting.size();
                for (Detected& detected : left->second.waiting) drop(detected.item);
            }
            left = parts_.erase(left);
        }
    }
}

}  // namespace saccade::pipeline
