// Reading whole sources, and looking at single pixels of their frames.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/frame.h"
#include "media/source.h"
#include "support/clip.h"

namespace saccade::test {

/// Everything that a source gave up to its end or first error.
struct Reading {
    std::vector<Frame> frames;
    std::vector<media::FormatChanged> changes;
    std::vector<std::string> discontinuities;
    std::string damage;
    std::vector<Error> errors;  ///< one at most
};

inline Reading read_all(media::Source& source) {
    Reading all;
    for (;;) {
        auto event = source.read();
        if (!event) {
            all.errors.push_back(event.error());
            return all;
        }
        if (auto* frame = std::get_if<Frame>(&*event)) {
            all.frames.push_back(std::move(*frame));
        } else if (auto* change = std::get_if<media::FormatChanged>(&*event)) {
            all.changes.push_back(*change);
        } else if (auto* gap = std::get_if<media::Discontinuity>(&*event)) {
            all.discontinuities.push_back(gap->reason);
        } else {
            all.damage = std::get<media::End>(*event).damage;
            return all;
        }
    }
}

/// Sample of a plane in its own units (10-bit samples of p010 come down to 0..1023).
inline int sample(const Frame& frame, std::size_t plane, int x, int y, int channel = 0) {
    const PixelLayout layout = layout_of(frame.format);
    const std::uint8_t* row = frame.planes[plane].data + frame.planes[plane].stride * y;
    int per_pixel = 1;
    if (frame.format == PixelFormat::rgb24) per_pixel = 3;
    if (layout.planes == 2 && plane == 1) per_pixel = 2;
    const int at = x * per_pixel + channel;
    if (layout.bytes_per_sample == 1) return row[at];
    const int value = row[2 * at] | row[2 * at + 1] << 8;
    return frame.format == PixelFormat::p010 ? value >> 6 : value;
}

/// The colour of a pixel by the frame's own ColorSpec (chroma of the covering sample). The matrix
/// is that of ITU-R BT.601, BT.709 or BT.2020, in floating point.
inline Rgb rgb_at(const Frame& frame, int x, int y) {
    const PixelLayout layout = layout_of(frame.format);
    if (frame.format == PixelFormat::rgb24) {
        return {static_cast<std::uint8_t>(sample(frame, 0, x, y, 0)),
                static_cast<std::uint8_t>(sample(frame, 0, x, y, 1)),
                static_cast<std::uint8_t>(sample(frame, 0, x, y, 2))};
    }
    const double scale = layout.depth == 10 ? 4 : 1;
    const bool full = frame.color.range == ColorRange::full;
    const double top = (layout.depth == 10 ? 1023 : 255);
    const double luma = sample(frame, 0, x, y);
    const double y_ = full ? luma / top : (luma / scale - 16) / 219;
    double u = 0, v = 0;
    if (layout.planes > 1) {
        const int cx = x >> layout.chroma_shift_x, cy = y >> layout.chroma_shift_y;
        const double cb = sample(frame, 1, cx, cy, 0);
        const double cr =
            layout.planes == 3 ? sample(frame, 2, cx, cy) : sample(frame, 1, cx, cy, 1);
        u = full ? (cb - 128 * scale) / top : (cb / scale - 128) / 224;
        v = full ? (cr - 128 * scale) / top : (cr / scale - 128) / 224;
    }
    double kr = 0.299, kb = 0.114;
    if (frame.color.matrix == ColorMatrix::bt709) kr = 0.2126, kb = 0.0722;
    if (frame.color.matrix == ColorMatrix::bt2020) kr = 0.2627, kb = 0.0593;
    const double r = y_ + 2 * (1 - kr) * v, b = y_ + 2 * (1 - kb) * u;
    const double g = (y_ - kr * r - kb * b) / (1 - kr - kb);
    const auto code = [](double c) {
        return static_cast<std::uint8_t>(std::clamp(std::lround(255 * c), 0L, 255L));
    };
    return {code(r), code(g), code(b)};
}

/// Largest difference of a channel.
inline int distance(Rgb a, Rgb b) {
    return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b)});
}

}  // namespace saccade::test
