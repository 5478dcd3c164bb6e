// A build without CUDA.
#include "engine/device_luma.h"

namespace saccade::engine {

Result<std::shared_ptr<DeviceLuma>> DeviceLuma::open(int /*device*/) {
    return fail(ErrorCode::unavailable, "this build has no GPU path",
                "run `make gpu` in the project's folder");
}

}  // namespace saccade::engine
