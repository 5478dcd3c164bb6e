#include "media/color_tags.h"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <atomic>
#include <cstring>

#include "core/log.h"
#include "media/pixel_format.h"

namespace saccade::media {
namespace {

constexpr int hd_lines = 720;  // display height from which an untagged stream is taken for BT.709

/// A tag as a plain number: damaged files hold values beyond libavutil's enumerations, which C++
/// must not read as such.
template <typename Tag>
int number_of(const Tag& tag) {
    static_assert(sizeof(Tag) == sizeof(int));
    int number = 0;
    std::memcpy(&number, &tag, sizeof number);
    return number;
}

bool is_jpeg(AVCodecID codec) {
    switch (codec) {
        case AV_CODEC_ID_MJPEG:
        case AV_CODEC_ID_MJPEGB:
        case AV_CODEC_ID_LJPEG:
        case AV_CODEC_ID_JPEGLS:
        case AV_CODEC_ID_JPEG2000: return true;
        default: return false;
    }
}

bool is_mpeg_family(AVCodecID codec) {
    switch (codec) {
        case AV_CODEC_ID_MPEG4:
        case AV_CODEC_ID_H264:
        case AV_CODEC_ID_HEVC:
        case AV_CODEC_ID_VP9:
        case AV_CODEC_ID_AV1: return true;
        default: return false;
    }
}

bool is_jpeg_like(const AVFrame& frame, AVCodecID codec) {
    return is_jpeg(codec) || is_full_range_format(static_cast<AVPixelFormat>(frame.format));
}

void warn_of_matrix(int space) {
    static std::atomic_flag warned;
    if (warned.test_and_set()) return;
    const bool named = space >= 0 && space < AVCOL_SPC_NB;
    const char* name = named ? av_color_space_name(static_cast<AVColorSpace>(space)) : nullptr;
    log::warning("colour matrix {} is not known here: colours will be off",
                 name != nullptr ? name : "(unnamed)");
}

ColorMatrix matrix_of(const AVFrame& frame, AVCodecID codec, int display_height) {
    switch (number_of(frame.colorspace)) {
        case AVCOL_SPC_BT709:
        case AVCOL_SPC_SMPTE240M: return ColorMatrix::bt709;
        case AVCOL_SPC_FCC:
        case AVCOL_SPC_BT470BG:
        case AVCOL_SPC_SMPTE170M: return ColorMatrix::bt601;
        case AVCOL_SPC_BT2020_NCL:
        case AVCOL_SPC_BT2020_CL: return ColorMatrix::bt2020;
        case AVCOL_SPC_UNSPECIFIED:
        case AVCOL_SPC_RESERVED:
        case AVCOL_SPC_RGB: break;
        default: warn_of_matrix(number_of(frame.colorspace));
    }
    if (is_jpeg_like(frame, codec)) return ColorMatrix::bt601;
    return display_height >= hd_lines ? ColorMatrix::bt709 : ColorMatrix::bt601;
}

ColorRange range_of(const AVFrame& frame, AVCodecID codec) {
    if (is_full_range_format(static_cast<AVPixelFormat>(frame.format))) return ColorRange::full;
    if (number_of(frame.color_range) == AVCOL_RANGE_JPEG) return ColorRange::full;
    if (number_of(frame.color_range) == AVCOL_RANGE_MPEG) return ColorRange::limited;
    return is_jpeg(codec) ? ColorRange::full : ColorRange::limited;
}

ChromaSiting siting_of(const AVFrame& frame, AVCodecID codec) {
    switch (number_of(frame.chroma_location)) {
        case AVCHROMA_LOC_CENTER:
        case AVCHROMA_LOC_TOP:
        case AVCHROMA_LOC_BOTTOM: return ChromaSiting::center;
        case AVCHROMA_LOC_LEFT:
        case AVCHROMA_LOC_TOPLEFT:
        case AVCHROMA_LOC_BOTTOMLEFT: return ChromaSiting::left;
        default: return is_jpeg_like(frame, codec) ? ChromaSiting::center : ChromaSiting::left;
    }
}

}  // namespace

ColorSpec color_of(const AVFrame& frame, PixelFormat format, AVCodecID codec, int display_height) {
    if (format == PixelFormat::rgb24 || format == PixelFormat::gray8) {
        return {ColorMatrix::bt601, ColorRange::full, ChromaSiting::center};
    }
    return {matrix_of(frame, codec, display_height), range_of(frame, codec),
            siting_of(frame, codec)};
}

bool is_limited_gray(const AVFrame& frame, AVCodecID codec) {
    if (!is_gray(static_cast<AVPixelFormat>(frame.format))) return false;
    if (number_of(frame.color_range) == AVCOL_RANGE_MPEG) return true;
    return number_of(frame.color_range) == AVCOL_RANGE_UNSPECIFIED && is_mpeg_family(codec);
}

void tag_color(AVCodecContext& encoder, const ColorSpec& color) {
    encoder.color_range = color.range == ColorRange::full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    encoder.chroma_sample_location =
        color.siting == ChromaSiting::center ? AVCHROMA_LOC_CENTER : AVCHROMA_LOC_LEFT;
    switch (color.matrix) {
        case ColorMatrix::bt601:
            encoder.colorspace = AVCOL_SPC_SMPTE170M;
            encoder.color_primaries = AVCOL_PRI_SMPTE170M;
            encoder.color_trc = AVCOL_TRC_SMPTE170M;
            break;
        case ColorMatrix::bt709:
            encoder.colorspace = AVCOL_SPC_BT709;
            encoder.color_primaries = AVCOL_PRI_BT709;
            encoder.color_trc = AVCOL_TRC_BT709;
            break;
        case ColorMatrix::bt2020:
            encoder.colorspace = AVCOL_SPC_BT2020_NCL;
            encoder.color_primaries = AVCOL_PRI_BT2020;
            encoder.color_trc = AVCOL_TRC_BT2020_10;
            break;
    }
}

}  // namespace saccade::media
