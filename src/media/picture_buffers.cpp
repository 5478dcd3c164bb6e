#include "media/picture_buffers.h"

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace saccade::media {
namespace {

// Nothing that is filmed or drawn, and beyond the range of samples of more than 8 bits.
constexpr std::array<std::uint8_t, 8> mark = {0, 255, 1, 254, 3, 252, 0, 255};
constexpr int spacing = 64;  // px: the largest coding tree block of HEVC (ITU-T H.265, 7.4.3.2.1)

/// Calls `at` with each place of a mark in the luma plane, until it returns true; whether it did.
template <typename At>
bool any_place(const AVFrame& picture, At at) {
    const auto* const format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(picture.format));
    const int samples = static_cast<int>(mark.size()) / (format->comp[0].depth > 8 ? 2 : 1);
    const int bytes = format->comp[0].depth > 8 ? 2 : 1;
    if (picture.width < samples) return false;
    for (int top = 0; top < picture.height; top += spacing) {
        const int y = std::min(top + spacing, picture.height) - 1;
        for (int left = 0; left < picture.width; left += spacing) {
            const int x = std::max(std::min(left + spacing, picture.width) - samples, 0);
            if (at(picture.data[0] + static_cast<std::ptrdiff_t>(y) * picture.linesize[0] +
                   x * bytes))
                return true;
        }
    }
    return false;
}

void blacken(const AVCodecContext& context, AVFrame& frame) {
    std::array<std::ptrdiff_t, 4> strides{};
    std::copy_n(frame.linesize, strides.size(), strides.begin());
    const auto format = static_cast<AVPixelFormat>(frame.format);
    if (av_image_fill_black(frame.data, strides.data(), format, context.color_range, frame.width,
                            frame.height) >= 0) {
        return;
    }
    for (const AVBufferRef* buffer : frame.buf) {  // a format that libavutil knows no black of
        if (buffer != nullptr) std::memset(buffer->data, 0, buffer->size);
    }
}

template <bool black, bool marked>
int get_buffer(AVCodecContext* context, AVFrame* frame, int flags) {
    const int code = avcodec_default_get_buffer2(context, frame, flags);
    if (code < 0 || frame->hw_frames_ctx != nullptr) return code;
    if (black) blacken(*context, *frame);
    if (marked) {
        any_place(*frame, [](std::uint8_t* place) {
            std::copy(mark.begin(), mark.end(), place);
            return false;
        });
    }
    return code;
}

}  // namespace

Leftovers usual_leftovers(AVCodecID codec) {
    constexpr std::array conceal = {
        AV_CODEC_ID_H264,      AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO,
        AV_CODEC_ID_MPEG4,     AV_CODEC_ID_H263,       AV_CODEC_ID_H263P,
        AV_CODEC_ID_FLV1,      AV_CODEC_ID_MSMPEG4V1,  AV_CODEC_ID_MSMPEG4V2,
        AV_CODEC_ID_MSMPEG4V3, AV_CODEC_ID_WMV1,       AV_CODEC_ID_WMV2,
        AV_CODEC_ID_WMV3,      AV_CODEC_ID_VC1};
    if (codec == AV_CODEC_ID_HEVC) return Leftovers::marked;
    return std::find(conceal.begin(), conceal.end(), codec) != conceal.end() ? Leftovers::concealed
                                                                             : Leftovers::cleared;
}

void keep_clean(AVCodecContext& context, bool careful) {
    const Leftovers usual = usual_leftovers(context.codec_id);
    if (usual == Leftovers::marked) {
        context.get_buffer2 = careful ? get_buffer<true, true> : get_buffer<false, true>;
    } else if (careful || usual == Leftovers::cleared) {
        context.get_buffer2 = get_buffer<true, false>;
    }
}

bool has_marks(const AVFrame& picture, AVCodecID codec) {
    if (picture.hw_frames_ctx != nullptr || usual_leftovers(codec) != Leftovers::marked)
        return false;
    return any_place(picture, [](const std::uint8_t* place) {
        return std::equal(mark.begin(), mark.end(), place);
    });
}

}  // namespace saccade::media
