// The memory that software decoders write pictures into: what a decoder leaves out must not show
// whatever was there before, a picture of another stream perhaps.
#pragma once

#include <cstdint>

#include "media/libav.h"

namespace saccade::media {

/// Decoders take the same memory again and again, and some say nothing of what they left out.
enum class Leftovers : std::uint8_t {
    concealed,  ///< the decoder fills what it has not got, and logs it (libavcodec's error
                ///< concealment)
    marked,     ///< HEVC: marks in the memory tell what was never written. A tenth of the cost of:
    cleared,    ///< memory is black
};

/// How a codec's pictures are kept clean as long as nothing is wrong.
[[nodiscard]] Leftovers usual_leftovers(AVCodecID codec);

/// To be called before the decoder is opened. `careful`: black in any case, and marked where that
/// is usual. Pictures in a GPU's memory are not touched: that is the driver's.
void keep_clean(AVCodecContext& context, bool careful);

/// Whether a decoded picture still has a mark.
[[nodiscard]] bool has_marks(const AVFrame& picture, AVCodecID codec);

}  // namespace saccade::media
