// Brings the frames of a stream that was decoded in parts, several at once, into one order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>

#include "pipeline/batcher.h"
#include "pipeline/items.h"

namespace saccade::pipeline {

/// Detection takes the frames of all parts as they come; tracking needs them in order. Frames whose
/// turn has not come wait here, without their pixels and without their credit: so they hold up
/// neither the device nor its memory. How many wait is bounded by the source, which lets no part
/// run far ahead, and by the memory of what was taken of them for later.
class PartJoin {
  public:
    /// `most`: bytes of pictures and looks (MotionPicture, Looks) that may wait for their turn.
    PartJoin(Batcher& batcher, std::uint32_t stream, std::size_t most)
        : batcher_(batcher), stream_(stream), most_(most) {}

    /// To be called before an item goes to the batcher, once all earlier parts of
    /// its thread were ended(). Blocks while there is no room for it, unless its turn has come: so
    /// what others wait for never waits. Any thread.
    void admit(Item& item);
    /// One of those in turn is taken: its picture counts no longer. Any thread.
    void leaves(Item& item);
    /// Nobody waits for room any longer. Any thread.
    void stop();

    /// All frames of a part, so many, are with the batcher. `next`: the part that follows; those
    /// between the two are void, and their frames are dropped. None: the one with the next number.
    /// Any thread.
    void ended(std::uint64_t part, std::uint64_t frames, std::optional<std::uint64_t> next = {});

    /// Track thread. Appends to `in_turn` the frames whose turn has come, this one or others,
    /// numbered from 0 through all parts.
    void add(Detected detected, std::deque<Detected>& in_turn);
    /// Track thread: nothing more will come. Appends what is left, up to the first frame that is
    /// missing.
    void finish(std::deque<Detected>& in_turn);
    /// Frames of void parts, dropped.
    [[nodiscard]] std::uint64_t dropped() const;
    /// Bytes of what waits for its turn, pictures included that are on their way here.
    [[nodiscard]] std::size_t put_by() const;

  private:
    struct Part {
        std::deque<Detected> waiting;
        std::uint64_t passed = 0;             ///< frames handed on
        std::optional<std::uint64_t> frames;  ///< known when it ended
        std::optional<std::uint64_t> next;
    };
    void advance(std::deque<Detected>& in_turn);
    void drop(Item& item) noexcept;
    /// The part whose frames everybody waits for.
    [[nodiscard]] std::uint64_t turn() const;

    Batcher& batcher_;
    const std::uint32_t stream_;
    const std::size_t most_;
    mutable std::mutex mutex_;
    std::condition_variable room_;
    std::size_t put_by_ = 0;  ///< bytes
    bool stopped_ = false;
    std::map<std::uint64_t, Part> parts_;
    std::uint64_t current_ = 0, next_index_ = 0, dropped_ = 0;
};

}  // namespace saccade::pipeline
