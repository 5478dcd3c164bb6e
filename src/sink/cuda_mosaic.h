// The kernels that copy a picture and cover places of the copy.
#pragma once

#include <cuda_runtime_api.h>

#include "sink/mosaic_job.h"

namespace saccade::sink {

/// On `stream`; all memory of the job must stay until it is done. `most_cells`: of one place.
cudaError_t launch_mosaic(const MosaicJob& job, int most_cells, cudaStream_t stream);

}  // namespace saccade::sink
