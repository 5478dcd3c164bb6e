#include "sink/picture_quality.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace saccade::sink {
namespace {

constexpr double plain_side = 200;  ///< px of a square that is large enough to see all of
constexpr int most_side = 192;      ///< px that sharpness is measured at

/// Luma as 8 bits; of RGB its green.
int luma_at(const Frame& frame, const PixelLayout& layout, int x, int y) {
    const std::uint8_t* const row = frame.planes[0].data + y * frame.planes[0].stride;
    if (frame.format == PixelFormat::rgb24) return row[3 * x + 1];
    if (layout.bytes_per_sample == 1) return row[x];
    const int word = row[2 * x] | row[2 * x + 1] << 8;
    return frame.format == PixelFormat::p010 ? word >> 8 : word >> (layout.depth - 8);
}

}  // namespace

double view_quality(const Box& box, std::span<const Box> others, int width, int height) {
    const Box whole = box.clipped(static_cast<float>(width), static_cast<float>(height));
    if (!(whole.area() > 0)) return 0;
    const double size = std::min(std::sqrt(static_cast<double>(whole.area())) / plain_side, 4.0);
    double hidden = 0;
    for (const Box& other : others) {
        if (other == box || !(other.y2 > box.y2)) continue;
        const Box both{std::max(whole.x1, other.x1), std::max(whole.y1, other.y1),
                       std::min(whole.x2, other.x2), std::min(whole.y2, other.y2)};
        hidden = std::max(hidden, static_cast<double>(both.area()) / whole.area());
    }
    constexpr float near_edge = 2;  // px
    const bool cut = box.x1 < near_edge || box.y1 < near_edge ||
                     box.x2 > static_cast<float>(width) - near_edge ||
                     box.y2 > static_cast<float>(height) - near_edge;
    constexpr double of_a_cut_one = 0.5;
    const double open = std::max(0.0, 1 - hidden);
    // Size counts less the larger it is: the covered half of a large picture is missed more.
    return std::sqrt(size) * open * open * (cut ? of_a_cut_one : 1);
}

double sharpness(const Frame& frame) {
    const PixelLayout layout = layout_of(frame.format);
    const int step = std::max(1, (std::max(frame.width, frame.height) + most_side - 1) / most_side);
    const int width = frame.width / step, height = frame.height / step;
    if (width < 3 || height < 3) return 0;
    std::vector<int> small(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    long long sum = 0;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            int mean = 0;
            for (int i = 0; i < step * step; ++i) {
                mean += luma_at(frame, layout, x * step + i % step, y * step + i / step);
            }
            mean /= step * step;
            small[static_cast<std::size_t>(y * width + x)] = mean;
            sum += mean;
        }
    }
    const long long count = static_cast<long long>(width) * height;
    const auto middle = static_cast<int>(sum / count);
    long long contrast = 0, detail = 0;
    const auto at = [&](int x, int y) { return small[static_cast<std::size_t>(y * width + x)]; };
    for (int y = 1; y + 1 < height; ++y) {
        for (int x = 1; x + 1 < width; ++x) {
            contrast += std::abs(at(x, y) - middle);
            detail +=
                std::abs(4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1));
        }
    }
    constexpr double noise = 4;  // codes: what is all of one colour is not sharp
    const auto inner = static_cast<double>((width - 2) * (height - 2));
    return static_cast<double>(detail) / (static_cast<double>(contrast) + noise * inner);
}

}  // namespace saccade::sink
