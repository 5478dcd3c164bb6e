// A stream's second look: crops chosen, detected and merged, between detection and tracking.
#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/crop_lane.h"
#include "pipeline/refine.h"
#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::pipeline {

/// Used on the stream's track thread, which waits while the crops are detected: frames behind it go
/// on through the detector, and batches mix them with the crops. A frame's crops follow from its own
/// detections and the tracks of the frame before, so that results depend on nothing else.
class RefineStage {
  public:
    RefineStage(const RefineOptions& options, InferStage& stage, std::uint32_t stream)
        : refiner_(options, {stage.detector_info().input_width, stage.detector_info().input_height}),
          lane_(stage, stream, static_cast<std::size_t>(options.budget)) {}

    /// Replaces the frame's detections by refined ones. Error: that of the detector.
    Result<void> look(const Frame& frame, std::vector<Detection>& detections) {
        const Size size{frame.width, frame.height};
        const auto crops = refiner_.plan(size, detections, tracks_, frame.pts - seen_);
        auto seen = lane_.detect(frame, crops);
        if (!seen) return fail(seen.error());
        refiner_.merge(size, crops, *seen, detections);
        crops_ += crops.size();
        return {};
    }

    /// What the tracker made of that frame.
    void followed(const FrameResult& result) {
        tracks_ = result.tracks;
        seen_ = result.pts;
    }

    [[nodiscard]] std::uint64_t crops() const noexcept { return crops_; }

  private:
    Refiner refiner_;
    CropLane lane_;
    std::vector<Track> tracks_;  ///< of the frame before
    Timestamp seen_{0};
    std::uint64_t crops_ = 0;
};

}  // namespace saccade::pipeline
