#include "media/orientation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace saccade::media {
namespace {

// Transposing jumps a row with every element on one side: within a block of this many elements
// squared both sides stay in the L1 cache.
constexpr int block = 32;

template <typename Element>
Element* row_of(std::uint8_t* data, std::ptrdiff_t stride, int y) {
    return reinterpret_cast<Element*>(data + stride * y);
}
template <typename Element>
const Element* row_of(const std::uint8_t* data, std::ptrdiff_t stride, int y) {
    return reinterpret_cast<const Element*>(data + stride * y);
}

/// Same axes: whole rows, copied or reversed. The target is already flipped top to bottom.
template <typename Element>
void copy_rows(const std::uint8_t* source, std::ptrdiff_t source_stride, int width, int height,
               bool reverse, std::uint8_t* target, std::ptrdiff_t target_stride) {
    for (int y = 0; y < height; ++y) {
        const auto* from = row_of<Element>(source, source_stride, y);
        auto* to = row_of<Element>(target, target_stride, y);
        if (reverse) {
            std::reverse_copy(from, from + width, to);
        } else {
            std::copy(from, from + width, to);
        }
    }
}

/// Axes swapped: source row y becomes target column y, or the y-th from the right.
template <typename Element>
void transpose(const std::uint8_t* source, std::ptrdiff_t source_stride, int width, int height,
               bool from_right, std::uint8_t* target, std::ptrdiff_t target_stride) {
    for (int y0 = 0; y0 < height; y0 += block) {
        const int y1 = std::min(y0 + block, height);
        for (int x0 = 0; x0 < width; x0 += block) {
            const int x1 = std::min(x0 + block, width);
            for (int x = x0; x < x1; ++x) {
                auto* to = row_of<Element>(target, target_stride, x);
                for (int y = y0; y < y1; ++y) {
                    to[from_right ? height - 1 - y : y] =
                        row_of<Element>(source, source_stride, y)[x];
                }
            }
        }
    }
}

template <int Bytes>
void orient(const std::uint8_t* source, std::ptrdiff_t source_stride, PlaneSize size, Orientation o,
            std::uint8_t* target, std::ptrdiff_t target_stride) {
    using Element = std::array<std::uint8_t, static_cast<std::size_t>(Bytes)>;
    const int target_height = o.transpose ? size.width : size.height;
    if (o.flip_y) {  // write the rows from the last to the first
        target += target_stride * (target_height - 1);
        target_stride = -target_stride;
    }
    if (o.transpose) {
        transpose<Element>(source, source_stride, size.width, size.height, o.flip_x, target,
                           target_stride);
    } else {
        copy_rows<Element>(source, source_stride, size.width, size.height, o.flip_x, target,
                           target_stride);
    }
}

}  // namespace

Orientation orientation_of(const std::int32_t* matrix) noexcept {
    // x' = a x + c y, y' = b x + d y; y points down.
    const double a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
    if (a == 0 && b == 0 && c == 0 && d == 0) return {};
    if (std::abs(a) + std::abs(d) >= std::abs(b) + std::abs(c)) return {false, a < 0, d < 0};
    return {true, c < 0, b < 0};
}

void orient_plane(const std::uint8_t* source, std::ptrdiff_t source_stride, PlaneSize size,
                  Orientation orientation, std::uint8_t* target, std::ptrdiff_t target_stride) {
    switch (size.element_bytes) {
        case 1: orient<1>(source, source_stride, size, orientation, target, target_stride); break;
        case 2: orient<2>(source, source_stride, size, orientation, target, target_stride); break;
        case 3: orient<3>(source, source_stride, size, orientation, target, target_stride); break;
        default: orient<4>(source, source_stride, size, orientation, target, target_stride); break;
    }
}

PlaneSize plane_size(PixelFormat format, int width, int height, int index) noexcept {
    const PixelLayout layout = layout_of(format);
    if (format == PixelFormat::rgb24) return {width, height, 3};
    if (index == 0) return {width, height, layout.bytes_per_sample};
    const int w = (width + (1 << layout.chroma_shift_x) - 1) >> layout.chroma_shift_x;
    const int h = (height + (1 << layout.chroma_shift_y) - 1) >> layout.chroma_shift_y;
    return {w, h, layout.planes == 2 ? 2 * layout.bytes_per_sample : layout.bytes_per_sample};
}

}  // namespace saccade::media
