// A stream's way to have crops detected: through the same batches as everybody's frames, first.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/frame.h"
#include "pipeline/infer_stage.h"
#include "pipeline/items.h"
#include "saccade/error.h"

namespace saccade::pipeline {

/// Crops travel as frames of a stream of their own, whose number is the stream's with the highest
/// bit set. Batches with crops don't wait to be filled, since a frame waits for them. One thread.
class CropLane {
  public:
    /// `most`: crops that may be under way.
    CropLane(InferStage& stage, std::uint32_t stream, std::size_t most);
    CropLane(const CropLane&) = delete;
    CropLane& operator=(const CropLane&) = delete;
    ~CropLane();

    /// Puts crops on their way. Error: that of the detector.
    Result<void> submit(const Frame& frame, std::span<const Box> crops);
    /// Blocks for the detections of the next `count` crops in the order submitted, boxes in their
    /// pixels. Error: that of the detector.
    Result<std::vector<std::vector<Detection>>> wait(std::size_t count);

    /// Any thread: ends the wait for crops, now and later, with an error.
    void cancel() {
        stage_.batcher().cancel(lane_);
        results_.close(CloseReason::cancelled);
    }

  private:
    [[nodiscard]] Error broken() const;

    InferStage& stage_;
    const std::uint32_t lane_;
    DetectedQueue results_;
    std::uint64_t next_ = 0;  ///< index of the next crop
};

}  // namespace saccade::pipeline
