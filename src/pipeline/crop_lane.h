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

/// Crops travel as frames of a stream of their own, whose number is the stream's with the highest bit
/// set. Batches with crops don't wait to be filled, since a frame waits for them. One thread.
class CropLane {
  public:
    CropLane(InferStage& stage, std::uint32_t stream, std::size_t budget);
    CropLane(const CropLane&) = delete;
    CropLane& operator=(const CropLane&) = delete;
    ~CropLane();

    /// Blocks for the detections of each crop, boxes in its pixels. Error: that of the detector.
    Result<std::vector<std::vector<Detection>>> detect(const Frame& frame,
                                                       std::span<const Box> crops);

  private:
    InferStage& stage_;
    const std::uint32_t lane_;
    DetectedQueue results_;
    std::uint64_t next_ = 0;  ///< index of the next crop
};

}  // namespace saccade::pipeline
