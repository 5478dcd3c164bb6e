#include "media/pixel_format.h"

extern "C" {
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace saccade::media {

std::optional<PixelFormat> direct_format(AVPixelFormat format) noexcept {
    switch (format) {
        case AV_PIX_FMT_YUV420P:
        case AV_PIX_FMT_YUVJ420P:
        case AV_PIX_FMT_YUVA420P: return PixelFormat::i420;
        case AV_PIX_FMT_YUV422P:
        case AV_PIX_FMT_YUVJ422P:
        case AV_PIX_FMT_YUVA422P: return PixelFormat::i422;
        case AV_PIX_FMT_YUV444P:
        case AV_PIX_FMT_YUVJ444P:
        case AV_PIX_FMT_YUVA444P: return PixelFormat::i444;
        case AV_PIX_FMT_NV12: return PixelFormat::nv12;
        case AV_PIX_FMT_YUV420P10LE:
        case AV_PIX_FMT_YUVA420P10LE: return PixelFormat::i420p10;
        case AV_PIX_FMT_YUV422P10LE:
        case AV_PIX_FMT_YUVA422P10LE: return PixelFormat::i422p10;
        case AV_PIX_FMT_YUV444P10LE:
        case AV_PIX_FMT_YUVA444P10LE: return PixelFormat::i444p10;
        case AV_PIX_FMT_P010LE: return PixelFormat::p010;
        case AV_PIX_FMT_GRAY8: return PixelFormat::gray8;
        case AV_PIX_FMT_RGB24: return PixelFormat::rgb24;
        default: return std::nullopt;
    }
}

std::optional<PixelFormat> nearest_format(AVPixelFormat format) noexcept {
    if (const auto direct = direct_format(format)) return direct;
    const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
    if (d == nullptr || (d->flags & AV_PIX_FMT_FLAG_HWACCEL) != 0) return std::nullopt;
    if (is_gray(format)) return PixelFormat::gray8;
    const bool ycbcr =
        (d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER)) == 0 &&
        format != AV_PIX_FMT_XYZ12LE && format != AV_PIX_FMT_XYZ12BE;
    if (!ycbcr) return PixelFormat::rgb24;
    const bool deep = d->comp[0].depth > 8;
    if (d->log2_chroma_w == 0) return deep ? PixelFormat::i444p10 : PixelFormat::i444;
    if (d->log2_chroma_h == 0) return deep ? PixelFormat::i422p10 : PixelFormat::i422;
    return deep ? PixelFormat::i420p10 : PixelFormat::i420;
}

AVPixelFormat to_libav(PixelFormat format) noexcept {
    switch (format) {
        case PixelFormat::i420: return AV_PIX_FMT_YUV420P;
        case PixelFormat::i422: return AV_PIX_FMT_YUV422P;
        case PixelFormat::i444: return AV_PIX_FMT_YUV444P;
        case PixelFormat::nv12: return AV_PIX_FMT_NV12;
        case PixelFormat::i420p10: return AV_PIX_FMT_YUV420P10LE;
        case PixelFormat::i422p10: return AV_PIX_FMT_YUV422P10LE;
        case PixelFormat::i444p10: return AV_PIX_FMT_YUV444P10LE;
        case PixelFormat::p010: return AV_PIX_FMT_P010LE;
        case PixelFormat::gray8: return AV_PIX_FMT_GRAY8;
        case PixelFormat::rgb24: return AV_PIX_FMT_RGB24;
    }
    return AV_PIX_FMT_NONE;
}

int swscale_matrix(ColorMatrix matrix) noexcept {
    switch (matrix) {
        case ColorMatrix::bt601: return SWS_CS_ITU601;
        case ColorMatrix::bt709: return SWS_CS_ITU709;
        case ColorMatrix::bt2020: return SWS_CS_BT2020;
    }
    return SWS_CS_DEFAULT;
}

bool is_gray(AVPixelFormat format) noexcept {
    const AVPixFmtDescriptor* d = av_pix_fmt_desc_get(format);
    return d != nullptr && d->nb_components <= 2 &&
           (d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL |
                        AV_PIX_FMT_FLAG_BAYER)) == 0;
}

bool is_full_range_format(AVPixelFormat format) noexcept {
    switch (format) {
        case AV_PIX_FMT_YUVJ420P:
        case AV_PIX_FMT_YUVJ422P:
        case AV_PIX_FMT_YUVJ444P:
        case AV_PIX_FMT_YUVJ440P:
        case AV_PIX_FMT_YUVJ411P: return true;
        default: return false;
    }
}

}  // namespace saccade::media
