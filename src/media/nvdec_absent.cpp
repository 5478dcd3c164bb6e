// A build without CUDA.
#include "media/capabilities.h"
#include "media/nvdec.h"

namespace saccade::media {

std::optional<int> nvdec_engines(int /*device*/) {
    return std::nullopt;
}

Result<std::unique_ptr<Nvdec>> Nvdec::open(int /*device*/, std::stop_token /*stop*/) {
    return fail(ErrorCode::unavailable, "this build has no GPU path",
                "run `make gpu` in the project's folder");
}

}  // namespace saccade::media
