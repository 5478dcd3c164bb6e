// Encoders that read pictures where they lie in a GPU's memory (NVENC).
#pragma once

#include "media/libav.h"
#include "saccade/error.h"

namespace saccade::media {

/// Makes a context that is not open yet take NV12 pictures of its size out of the memory of
/// `device`: AVFrames of AV_PIX_FMT_CUDA whose planes are anybody's, the rows of chroma right
/// behind those of luma, of one pitch. Errors: unavailable (no CUDA, or an encoder that takes
/// none), out_of_memory.
Result<void> on_device(AVCodecContext& context, const AVCodec& codec, int device);

}  // namespace saccade::media
