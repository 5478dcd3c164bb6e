// A build without CUDA.
#include "media/nvdec.h"

namespace saccade::media {

Result<std::unique_ptr<Nvdec>> Nvdec::open(int /*device*/) {
    return fail(ErrorCode::unavailable, "this build has no GPU path", "run: make gpu");
}

}  // namespace saccade::media
