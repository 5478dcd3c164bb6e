// One decoder of a stream at work: from its source into the batcher.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/size.h"
#include "media/source.h"
#include "pipeline/batcher.h"
#include "pipeline/controls.h"
#include "pipeline/histogram.h"
#include "pipeline/motion_gate.h"
#include "pipeline/part_join.h"
#include "pipeline/sampler.h"
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
    /// `join` is told where parts end; none where the stream has none. `controls` say which frames
    /// are taken, and outlive this; a stream with parts takes all. `motion` takes from each frame
    /// what it needs; may be none.
    DecodeStage(media::Source& source, Batcher& batcher, PartJoin* join,
                const Controls* controls = nullptr,
                const std::optional<MotionGateOptions>& gate = std::nullopt,
                MotionEstimator* motion = nullptr)
        : source_(source), batcher_(batcher), join_(join), controls_(controls), motion_(motion) {
        if (gate && join == nullptr) gate_.emplace(*gate);
    }

    /// Calls `then` once, on the stage's thread, when so many frames are with the batcher.
    void call_after(std::size_t frames, std::function<void()> then) {
        call_after_ = frames;
        then_ = std::move(then);
    }
    void run(TraceLane* lane);

    /// After run().
    [[nodiscard]] const DecodeEnd& end() const noexcept { return end_; }
    /// At any time.
    [[nodiscard]] const Histogram& times() const noexcept { return times_; }
    /// Frames left out by the stride or the most frames a second. At any time.
    [[nodiscard]] std::uint64_t passed_over() const noexcept { return passed_over_; }
    /// Frames that nothing moved in. At any time.
    [[nodiscard]] std::uint64_t carried() const noexcept { return carried_; }

  private:
    [[nodiscard]] Boundary& boundary();
    void take(Frame frame, std::chrono::steady_clock::time_point before, TraceLane* lane);
    void push(Item item, TraceLane* lane);
    void push_held(TraceLane* lane);
    /// The stream ends here, before its end.
    void leave();

    media::Source& source_;
    Batcher& batcher_;
    PartJoin* const join_;
    const Controls* const controls_;
    MotionEstimator* const motion_;
    Controls::View view_;
    Sampler sampler_;
    std::optional<MotionGate> gate_;
    std::atomic<std::uint64_t> passed_over_{0}, carried_{0};
    std::shared_ptr<Boundary> boundary_;  ///< in front of the next frame
    Size size_{source_.info().width, source_.info().height};
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
