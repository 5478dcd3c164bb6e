#include "pipeline/part_join.h"

#include <utility>

namespace saccade::pipeline {

void PartJoin::ended(std::uint64_t part, std::uint64_t frames, std::optional<std::uint64_t> next) {
    std::lock_guard lock(mutex_);
    if (part < current_) return;  // void
    parts_[part].frames = frames;
    parts_[part].next = next;
}

std::uint64_t PartJoin::dropped() const {
    std::lock_guard lock(mutex_);
    return dropped_;
}

void PartJoin::add(Detected detected, std::vector<Detected>& in_turn) {
    std::unique_lock lock(mutex_);
    const std::uint64_t number = detected.item.part;
    const bool waits = number != current_;
    if (waits) {
        drop_pixels(detected.item.frame);
        detected.item.holds_credit = false;
    }
    if (number < current_) {
        ++dropped_;
    } else {
        parts_[number].waiting.push_back(std::move(detected));
        advance(in_turn);
    }
    lock.unlock();
    if (waits) batcher_.release(stream_);
}

void PartJoin::finish(std::vector<Detected>& in_turn) {
    std::lock_guard lock(mutex_);
    advance(in_turn);
    parts_.clear();
}

void PartJoin::advance(std::vector<Detected>& in_turn) {
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
            if (left != found) dropped_ += left->second.waiting.size();
            left = parts_.erase(left);
        }
    }
}

}  // namespace saccade::pipeline
