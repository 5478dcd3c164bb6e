// One decoder of a stream at work: from its source into the batcher.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "media/source.h"
#include "pipeline/batcher.h"
#include "pipeline/histogram.h"
#include "pipeline/part_join.h"
#include "trace/trace.h"

namespace saccade::pipeline {

/// How reading a source ended.
struct DecodeEnd {
    std::string damage;
    std::vector<BadImage> bad_images;
    std::optional<Error> error;
    bool cut = false;  ///< left before its end, on request or because of a failure behind it

    /// With another decoder of the same stream.
    void merge(const DecodeEnd& other);
};

/// Runs on a thread of the caller's until the source's end, or until the batcher has cancelled the
/// stream.
class DecodeStage {
  public:
    /// `join` is told where parts end; none where the stream has none.
    DecodeStage(media::Source& source, Batcher& batcher, PartJoin* join)
        : source_(source), batcher_(batcher), join_(join) {}

    /// Calls `then` once, on the stage's thread, when so many frames are with the batcher.
    void call_after(std::size_t frames, std::function<void()> then) {
        call_after_ = frames;
        then_ = std::move(then);
    }
    void run(TraceLane* lane);

    /// After run().
    [[nodiscard]] const DecodeEnd& end() const noexcept { return end_; }
    [[nodiscard]] const Histogram& times() const noexcept { return times_; }

  private:
    void take(Frame frame, std::chrono::steady_clock::time_point before, TraceLane* lane);
    void push(Item item, TraceLane* lane);
    void push_held(TraceLane* lane);

    media::Source& source_;
    Batcher& batcher_;
    PartJoin* const join_;
    std::size_t call_after_ = 0;
    std::function<void()> then_;
    std::size_t frames_ = 0;
    std::optional<std::uint64_t> part_;
    std::uint64_t part_frames_ = 0;
    /// The frame read last, of a part: it follows when the join knows whether the part ends with
    /// it, so that the one that completes a part also finds its turn.
    std::optional<Item> held_;
    Histogram times_;
    DecodeEnd end_;
};

}  // namespace saccade::pipeline
