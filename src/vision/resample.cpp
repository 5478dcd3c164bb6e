#include "vision/resample.h"

#include <algorithm>
#include <cmath>

namespace saccade::vision {
namespace {

Tap tap_at(double position, int size, int bits) {
    const int one = 1 << bits;
    const double clamped = std::clamp(position, 0.0, static_cast<double>(size - 1));
    Tap tap;
    tap.index = static_cast<std::int32_t>(clamped);
    tap.weight = static_cast<std::int32_t>(std::lround((clamped - tap.index) * one));
    // A full weight on the neighbour is no weight on the next sample; Q15 has no room for it.
    if (tap.weight == one) tap = {tap.index + 1, 0};
    return tap;
}

/// `shift` and `offset`: sample k of the plane stands at luma position (k << shift) + offset.
std::vector<Tap> axis(int src, int count, int shift, double offset, int bits) {
    const double step = static_cast<double>(src) / count;
    const int size = chroma_size(src, shift);
    std::vector<Tap> taps(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const double luma = std::clamp((i + 0.5) * step - 0.5, 0.0, static_cast<double>(src - 1));
        taps[static_cast<std::size_t>(i)] = tap_at((luma - offset) / (1 << shift), size, bits);
    }
    return taps;
}

}  // namespace

ResampleTables make_resample_tables(const Letterbox& l, PixelFormat format, ChromaSiting siting) {
    ResampleTables t;
    t.luma_x = axis(l.src_width, l.new_width, 0, 0, across_bits);
    t.luma_y = axis(l.src_height, l.new_height, 0, 0, down_bits);
    if (!has_chroma(format)) return t;
    const PixelLayout layout = layout_of(format);
    const double across = layout.chroma_shift_x == 1 && siting == ChromaSiting::center ? 0.5 : 0;
    const double down = layout.chroma_shift_y == 1 ? 0.5 : 0;
    t.chroma_x = axis(l.src_width, l.new_width, layout.chroma_shift_x, across, across_bits);
    t.chroma_y = axis(l.src_height, l.new_height, layout.chroma_shift_y, down, down_bits);
    return t;
}

}  // namespace saccade::vision
