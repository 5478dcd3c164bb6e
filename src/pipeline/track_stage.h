// A stream's tracker at work: detections in, tracks out, in order.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "pipeline/controls.h"
#include "pipeline/helpers.h"
#include "pipeline/items.h"
#include "pipeline/motion_lane.h"
#include "pipeline/part_join.h"
#include "pipeline/pipeline.h"
#include "pipeline/refine_stage.h"
#include "pipeline/report.h"
#include "track/tracker.h"

namespace saccade::pipeline {

/// Runs on a thread of the caller's until `in` is closed. After a failure it calls `give_up` once
/// and goes on taking frames without tracking them, so that nothing blocks.
class TrackStage {
  public:
    /// Results carry detections alone where `stream` has no tracker. Pixels are let go of as soon
    /// as the tracker has seen them, unless a sink wants them.
    struct Options {
        RefineStage* refine = nullptr;       ///< may be none
        PartJoin* join = nullptr;            ///< of a stream decoded in parts
        Helpers* helpers = nullptr;          ///< with the camera's motion; may be none
        std::size_t streams = 1;             ///< that share the helpers
        const Controls* controls = nullptr;  ///< which detections are kept; none: all
        bool keep_pixels = false;            ///< also where no sink wants them
    };
    TrackStage(const OpenedStream& stream, DetectedQueue& in, TrackedQueue& out,
               std::function<void()> give_up, const Options& options);
    TrackStage(const OpenedStream& stream, DetectedQueue& in, TrackedQueue& out,
               std::function<void()> give_up)
        : TrackStage(stream, in, out, std::move(give_up), Options()) {}

    void run(TraceLane* lane = nullptr);

    /// At any time.
    [[nodiscard]] const Histogram& times() const noexcept { return times_; }
    /// After run().
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }

  private:
    /// A frame that something is under way for: its closer look, the camera's motion, its looks.
    struct Looking {
        Detected detected;
        FrameResult result;
        bool resets = false;  ///< identities end in front of it
        std::shared_ptr<MotionJob> motion;
    };
    /// The next frame to be worked on, or none at the end. While looks are under way nobody waits
    /// for it.
    std::optional<Detected> next(TraceLane* lane);
    /// What can be begun whatever its turn.
    void came(Detected& detected);
    void take(Detected detected, TraceLane* lane);
    void take_in_turn(TraceLane* lane);
    void finish_look(TraceLane* lane);
    void process(Looking looking, TraceLane* lane);
    /// Leaves the detections that are wanted.
    void choose(std::vector<Detection>& detections);
    /// Has the motion estimated up to this frame.
    void begin_motion(Looking& looking);
    /// Of a frame that nobody looked at: what the one before gave.
    void carry(FrameResult& result) const;
    /// Detections of a result, seen closer, then its tracks.
    Result<void> complete(Looking& looking, TraceLane* lane);
    void check(const Result<void>& done);
    /// Tracks of a result whose detections are there.
    Result<void> follow(Looking& looking);
    /// What lies in front of a frame, in order. Whether identities end there.
    bool cross(std::shared_ptr<Boundary> boundary, FrameResult& result);
    [[nodiscard]] std::chrono::nanoseconds gap_before(Timestamp pts);
    void hand_on(TraceLane* lane);

    track::Tracker* tracker_;
    std::optional<MotionLane> motion_;
    AppearanceEncoder* appearance_;
    ResultFilter* filter_;
    RefineStage* refine_;
    PartJoin* join_;
    const Controls* controls_;
    Controls::View view_;
    bool keep_pixels_;
    bool gated_;                         ///< frames may be carried
    FrameResult last_;                   ///< where they may: of the latest look
    std::chrono::nanoseconds patience_;  ///< with which identities are kept over a gap, at least
    DetectedQueue& in_;
    TrackedQueue& out_;
    std::function<void()> give_up_;
    std::deque<Detected> in_turn_;  ///< out of the join
    std::deque<Looking> looking_;   ///< from the oldest
    std::deque<Item> held_;         ///< of the results that the filter holds back
    std::vector<FrameResult> ready_;
    std::optional<Timestamp> before_;  ///< time of the frame before
    Timestamp usual_{0};               ///< between two frames, lately
    bool after_gap_ = false;
    Histogram times_;
    std::optional<Error> error_;
};

}  // namespace saccade::pipeline
