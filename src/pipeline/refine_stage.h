// A stream's second look: crops chosen, detected and merged, between detection and tracking.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "pipeline/crop_lane.h"
#include "pipeline/refine.h"
#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::pipeline {

/// Used on the stream's track thread, for all its frames in order. Two frames' crops may be under
/// way: one alone would leave the device idle between them, whose network takes as long for a crop
/// as for several. So a frame's crops follow from its own detections and the tracks of the frame
/// before the last, strictly, and results depend on nothing else.
class RefineStage {
  public:
    RefineStage(const RefineOptions& options, InferStage& stage, std::uint32_t stream)
        : refiner_(options,
                   {stage.detector_info().input_width, stage.detector_info().input_height}),
          lane_(stage, stream, under_way * static_cast<std::size_t>(options.budget)),
          known_(under_way) {}

    /// Whether finish() must come before the next begin().
    [[nodiscard]] bool full() const noexcept { return under_way_.size() == under_way; }

    /// Starts the closer look at a frame. Error: that of the detector.
    Result<void> begin(const Frame& frame, const std::vector<Detection>& detections) {
        Looking& looking =
            under_way_.emplace_back(Looking{.size = {frame.width, frame.height}, .crops = {}});
        Known known = std::move(known_.front());
        known_.pop_front();
        if (known.size != looking.size)
            known.tracks.clear();  // they are in pixels of another picture
        looking.crops =
            refiner_.plan(looking.size, detections, known.tracks, frame.pts - known.pts);
        return lane_.submit(frame, looking.crops);
    }

    /// Waits for the look that was begun first, and replaces that frame's detections by refined
    /// ones. followed() has to come next. Error: that of the detector.
    Result<void> finish(std::vector<Detection>& detections) {
        const Looking looking = std::move(under_way_.front());
        under_way_.pop_front();
        auto seen = lane_.wait(looking.crops.size());
        if (!seen) return fail(seen.error());
        refiner_.merge(looking.size, looking.crops, *seen, detections);
        crops_ += looking.crops.size();
        return {};
    }

    /// What the tracker made of that frame.
    void followed(const FrameResult& result) {
        known_.push_back({result.tracks, result.pts, {result.width, result.height}});
    }
    /// Any thread: whoever waits for crops waits no longer, and fails.
    void cancel() { lane_.cancel(); }

    [[nodiscard]] std::uint64_t crops() const noexcept { return crops_; }

  private:
    static constexpr auto under_way = static_cast<std::size_t>(crops_under_way);

    struct Looking {
        Size size;
        std::vector<Box> crops;
    };
    struct Known {
        std::vector<Track> tracks;
        Timestamp pts{};
        Size size;
    };

    Refiner refiner_;
    CropLane lane_;
    std::deque<Looking> under_way_;
    /// From the frame whose tracks the next plan is made with; before the first frame nothing is
    /// known.
    std::deque<Known> known_;
    std::uint64_t crops_ = 0;
};

}  // namespace saccade::pipeline
