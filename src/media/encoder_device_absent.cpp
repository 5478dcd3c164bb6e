#include "media/encoder_device.h"

namespace saccade::media {

Result<void> on_device(AVCodecContext&, const AVCodec&, int) {
    return fail(ErrorCode::unavailable, "this build has no GPU path",
                "build it with SACCADE_CUDA=ON");
}

}  // namespace saccade::media
