// One stream from opening to its finished outputs.
#pragma once

#include <cstdint>
#include <stop_token>

#include "pipeline/infer_stage.h"
#include "pipeline/pipeline.h"

namespace saccade::pipeline {

/// Decodes on the calling thread, tracks and writes on two more, and returns when the outputs are
/// finished. Detections come from `stage`.
StreamReport run_stream(const StreamJob& job, std::uint32_t stream, InferStage& stage,
                        const detect::DetectorInfo& detector, const PipelineOptions& options,
                        std::size_t credit, std::stop_token stop, Progress& progress, const ResultCallback& on_result);

}  // namespace saccade::pipeline
