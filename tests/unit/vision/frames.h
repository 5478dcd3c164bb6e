// Pictures made up for tests: every format, odd strides, random or constant samples.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "core/frame.h"
#include "vision/resample.h"

namespace saccade::test {

inline constexpr PixelFormat all_formats[] = {
    PixelFormat::i420,    PixelFormat::i422,    PixelFormat::i444,    PixelFormat::nv12,
    PixelFormat::i420p10, PixelFormat::i422p10, PixelFormat::i444p10, PixelFormat::p010,
    PixelFormat::gray8,   PixelFormat::rgb24};

/// Samples in a row of a plane (bytes or words) and rows of it.
struct PlaneSize {
    int samples, rows;
};

inline PlaneSize plane_size(PixelFormat format, int width, int height, int plane) {
    const PixelLayout layout = layout_of(format);
    if (format == PixelFormat::rgb24) return {3 * width, height};
    if (plane == 0) return {width, height};
    const int columns = vision::chroma_size(width, layout.chroma_shift_x);
    return {layout.planes == 2 ? 2 * columns : columns,
            vision::chroma_size(height, layout.chroma_shift_y)};
}

/// A frame whose samples are `value(plane, column, row)`, codes of the format's depth. The memory
/// is exactly as large as the samples need, but for `pad` bytes between rows, so that a sanitizer
/// sees any read too far.
template <typename Value>
Frame make_frame(PixelFormat format, int width, int height, Value value, int pad = 3) {
    const PixelLayout layout = layout_of(format);
    Frame frame;
    frame.width = width;
    frame.height = height;
    frame.format = format;
    auto memory = std::make_shared<std::array<std::vector<std::uint8_t>, 3>>();
    for (int p = 0; p < layout.planes; ++p) {
        const PlaneSize size = plane_size(format, width, height, p);
        const int stride = size.samples * layout.bytes_per_sample + pad;
        auto& bytes = (*memory)[static_cast<std::size_t>(p)];
        bytes.resize(static_cast<std::size_t>(stride) * static_cast<std::size_t>(size.rows) -
                     static_cast<std::size_t>(pad));
        for (int y = 0; y < size.rows; ++y) {
            for (int x = 0; x < size.samples; ++x) {
                const int code = value(p, x, y);
                const auto at = static_cast<std::size_t>(y * stride + x * layout.bytes_per_sample);
                if (layout.bytes_per_sample == 1) {
                    bytes[at] = static_cast<std::uint8_t>(code);
                } else {
                    const auto word =
                        static_cast<std::uint16_t>(format == PixelFormat::p010 ? code << 6 : code);
                    std::memcpy(&bytes[at], &word, 2);
                }
            }
        }
        frame.planes[static_cast<std::size_t>(p)] = {bytes.data(), stride};
    }
    frame.owner = memory;
    return frame;
}

inline Frame random_frame(PixelFormat format, int width, int height, std::mt19937& random) {
    std::uniform_int_distribution<int> code(0, (1 << layout_of(format).depth) - 1);
    return make_frame(format, width, height, [&](int, int, int) { return code(random); });
}

/// The code of a sample, whatever the depth and layout; chroma 0 is Cb (or G), 1 is Cr (or B).
inline int sample(const Frame& frame, int component, int x, int y) {
    const PixelLayout layout = layout_of(frame.format);
    int plane = component, column = x;
    if (frame.format == PixelFormat::rgb24) plane = 0, column = 3 * x + component;
    if (layout.planes == 2 && component > 0) plane = 1, column = 2 * x + component - 1;
    const Plane& from = frame.planes[static_cast<std::size_t>(plane)];
    const std::uint8_t* at = from.data + from.stride * y + column * layout.bytes_per_sample;
    if (layout.bytes_per_sample == 1) return *at;
    std::uint16_t word = 0;
    std::memcpy(&word, at, 2);
    return frame.format == PixelFormat::p010 ? word >> 6 : word;
}

}  // namespace saccade::test
