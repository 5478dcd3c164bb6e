#include "pipeline/part_join.h"

#include <utility>

namespace saccade::pipeline {

void PartJoin::ended(std::uint64_t part, std::uint64_t frames) {
    std::lock_guard lock(mutex_);
    parts_[part].frames = frames;
}

void PartJoin::add(Detected detected, std::vector<Detected>& in_turn) {
    std::unique_lock lock(mutex_);
    const std::uint64_t number = detected.item.part;
    const bool waits = number != current_;
    if (waits) {
        drop_pixels(detected.item.frame);
        detected.item.holds_credit = false;
    }
    parts_[number].waiting.push_back(std::move(detected));
    advance(in_turn);
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
        parts_.erase(found);
        ++current_;
    }
}

}  // namespace saccade::pipeline
