// One stream from opening to its finished outputs.
#pragma once

#include <cstdint>
#include <stop_token>

#include "pipeline/closer.h"
#include "pipeline/detector_pool.h"
#include "pipeline/pipeline.h"

namespace saccade::pipeline {

/// Opens the stream for a device of the pool's, binds it to the detector for its size, waits until
/// there is memory for its decoder, decodes on the calling thread, tracks and writes on two more,
/// and returns when the outputs are finished. Its decoders are left to `closer`, and their place in
/// the memory with them.
StreamReport run_stream(const StreamJob& job, std::uint32_t stream, DetectorPool& pool,
                        Closer& closer, const PipelineOptions& options, std::stop_token stop,
                        Progress& progress, const ResultCallback& on_result);

}  // namespace saccade::pipeline
