// Brings the frames of a stream that was decoded in parts, several at once, into one order.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "pipeline/batcher.h"
#include "pipeline/items.h"

namespace saccade::pipeline {

/// Detection takes the frames of all parts as they come; tracking needs them in order. Frames whose
/// turn has not come wait here, without their pixels and without their credit: so they hold up
/// neither the device nor its memory. How many wait is bounded by the source, which lets no part
/// run far ahead.
class PartJoin {
  public:
    PartJoin(Batcher& batcher, std::uint32_t stream) : batcher_(batcher), stream_(stream) {}

    /// All frames of a part, so many, are with the batcher. `next`: the part that follows; those
    /// between the two are void, and their frames are dropped. None: the one with the next number.
    /// Any thread.
    void ended(std::uint64_t part, std::uint64_t frames, std::optional<std::uint64_t> next = {});

    /// Track thread. Appends to `in_turn` the frames whose turn has come, this one or others,
    /// numbered from 0 through all parts.
    void add(Detected detected, std::vector<Detected>& in_turn);
    /// Track thread: nothing more will come. Appends what is left, up to the first frame that is
    /// missing.
    void finish(std::vector<Detected>& in_turn);
    /// Frames of void parts, dropped.
    [[nodiscard]] std::uint64_t dropped() const;

  private:
    struct Part {
        std::deque<Detected> waiting;
        std::uint64_t passed = 0;             ///< frames handed on
        std::optional<std::uint64_t> frames;  ///< known when it ended
        std::optional<std::uint64_t> next;
    };
    void advance(std::vector<Detected>& in_turn);

    Batcher& batcher_;
    const std::uint32_t stream_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Part> parts_;
    std::uint64_t current_ = 0, next_index_ = 0, dropped_ = 0;
};

}  // namespace saccade::pipeline
