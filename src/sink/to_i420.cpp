#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sink/picture.h"
#include "sink/rgb.h"

namespace saccade::sink {
namespace {

/// Reads samples of any depth as 8 bits.
struct Reader {
    const Plane& plane;
    int bytes, shift;  ///< bytes a sample, bits to drop

    [[nodiscard]] int operator()(int x, int y) const {
        const std::uint8_t* p = plane.data + y * plane.stride + x * bytes;
        if (bytes == 1) return *p;
        const int value = p[0] | p[1] << 8;
        return std::min((value + (1 << shift >> 1)) >> shift, 255);
    }
};

void copy_rows(const Plane& from, const PlaneView& to) {
    for (int y = 0; y < to.height; ++y) {
        std::memcpy(to.row(y), from.data + y * from.stride, static_cast<std::size_t>(to.width));
    }
}

/// `step` samples from one to the next, starting with `first`: 2 for interleaved chroma.
void copy_samples(const Reader& from, const PlaneView& to, int step, int first) {
    for (int y = 0; y < to.height; ++y) {
        std::uint8_t* row = to.row(y);
        for (int x = 0; x < to.width; ++x) {
            row[x] = static_cast<std::uint8_t>(from(x * step + first, y));
        }
    }
}

/// One chroma plane of `width` x `height` samples down to 4:2:0. Sited left, a kept sample stands
/// on an even column, so its neighbours on both sides weigh half of it; centred, it is the pair's
/// mean.
void halve_chroma(const Reader& from, int width, int height, int shift_x, int shift_y,
                  ChromaSiting siting, const PlaneView& to) {
    const auto across = [&](int x, int y) {  // times 4
        if (shift_x == 1) return 4 * from(x, y);
        const int left = 2 * x, right = std::min(left + 1, width - 1);
        if (siting == ChromaSiting::center) return 2 * (from(left, y) + from(right, y));
        return from(std::max(left - 1, 0), y) + 2 * from(left, y) + from(right, y);
    };
    for (int y = 0; y < to.height; ++y) {
        std::uint8_t* row = to.row(y);
        const int top = shift_y == 1 ? y : 2 * y;
        const int bottom = shift_y == 1 ? y : std::min(top + 1, height - 1);
        for (int x = 0; x < to.width; ++x) {
            row[x] = static_cast<std::uint8_t>((across(x, top) + across(x, bottom) + 4) >> 3);
        }
    }
}

void from_yuv(const Frame& frame, const PixelLayout& layout, Picture& out) {
    const int shift = frame.format == PixelFormat::p010 ? 8 : layout.depth - 8;
    const auto reader = [&](std::size_t plane) {
        return Reader{frame.planes[plane], layout.bytes_per_sample, shift};
    };
    const bool halved = layout.chroma_shift_x == 1 && layout.chroma_shift_y == 1;
    if (layout.bytes_per_sample == 1) {
        copy_rows(frame.planes[0], out.plane(0));
    } else {
        copy_samples(reader(0), out.plane(0), 1, 0);
    }
    for (std::size_t c = 1; c < 3; ++c) {
        const int chroma_width =
            (frame.width + (1 << layout.chroma_shift_x) - 1) >> layout.chroma_shift_x;
        const int chroma_height =
            (frame.height + (1 << layout.chroma_shift_y) - 1) >> layout.chroma_shift_y;
        if (layout.planes == 2) {
            copy_samples(reader(1), out.plane(c), 2, static_cast<int>(c) - 1);
        } else if (!halved) {
            halve_chroma(reader(c), chroma_width, chroma_height, layout.chroma_shift_x,
                         layout.chroma_shift_y, frame.color.siting, out.plane(c));
        } else if (layout.bytes_per_sample == 1) {
            copy_rows(frame.planes[c], out.plane(c));
        } else {
            copy_samples(reader(c), out.plane(c), 1, 0);
        }
    }
}

void from_rgb(const Frame& frame, Picture& out) {
    const YuvMatrix matrix = yuv_matrix(out.color);
    const auto code = [&](std::size_t row, float r, float g, float b) {
        const auto& m = matrix.m[row];
        const float value = m[0] * r + m[1] * g + m[2] * b + matrix.offset[row] + 0.5F;
        return static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
    };
    const auto pixel = [&](int x, int y) {
        return frame.planes[0].data + std::min(y, frame.height - 1) * frame.planes[0].stride +
               3 * std::min(x, frame.width - 1);
    };
    for (int y = 0; y < frame.height; ++y) {
        std::uint8_t* row = out.plane(0).row(y);
        for (int x = 0; x < frame.width; ++x) {
            const std::uint8_t* p = pixel(x, y);
            row[x] = code(0, p[0], p[1], p[2]);
        }
    }
    for (int y = 0; y < out.plane(1).height; ++y) {
        for (int x = 0; x < out.plane(1).width; ++x) {
            float mean[3];
            for (int c = 0; c < 3; ++c) {
                mean[c] = 0.25F * static_cast<float>(
                                      pixel(2 * x, 2 * y)[c] + pixel(2 * x + 1, 2 * y)[c] +
                                      pixel(2 * x, 2 * y + 1)[c] + pixel(2 * x + 1, 2 * y + 1)[c]);
            }
            out.plane(1).row(y)[x] = code(1, mean[0], mean[1], mean[2]);
            out.plane(2).row(y)[x] = code(2, mean[0], mean[1], mean[2]);
        }
    }
}

}  // namespace

Result<void> to_i420(const Frame& frame, Picture& out) {
    if (frame.memory != MemoryKind::host || frame.planes[0].data == nullptr || frame.width <= 0 ||
        frame.height <= 0) {
        return fail(ErrorCode::unsupported,
                    fmt::format("frame {} has no pixels in host memory", frame.id.index));
    }
    out.resize(frame.width, frame.height);
    out.color = frame.color;
    if (frame.format == PixelFormat::gray8) {
        out.color.range = ColorRange::full;
        copy_rows(frame.planes[0], out.plane(0));
        for (std::size_t c = 1; c < 3; ++c) {
            const PlaneView& plane = out.plane(c);
            std::memset(plane.data, 128, static_cast<std::size_t>(plane.stride * plane.height));
        }
    } else if (frame.format == PixelFormat::rgb24) {
        out.color = {ColorMatrix::bt709, ColorRange::limited, ChromaSiting::center};
        from_rgb(frame, out);
    } else {
        from_yuv(frame, layout_of(frame.format), out);
    }
    return {};
}

}  // namespace saccade::sink
