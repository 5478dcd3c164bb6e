// The kernel that copies a picture and paints over the copy.
#pragma once

#include <cuda_runtime_api.h>

#include "sink/paint_job.h"

namespace saccade::sink {

/// On `stream`; all memory of the job must stay until it is done.
cudaError_t launch_paint(const PaintJob& job, cudaStream_t stream);

}  // namespace saccade::sink
