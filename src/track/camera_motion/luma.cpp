#include "track/camera_motion/luma.h"

#include <algorithm>

namespace saccade::track {

void shrink(const LumaView& from, int factor, LumaImage& to) {
    const int width = from.width / factor, height = from.height / factor;
    to.resize(width, height);
    const unsigned count = static_cast<unsigned>(factor * factor);
    constexpr int strip = 256;  // sums of one strip stay in the first cache
    unsigned sums[strip];
    for (int y = 0; y < height; ++y) {
        std::uint8_t* out = to.row(y);
        for (int x0 = 0; x0 < width; x0 += strip) {
            const int n = std::min(strip, width - x0);
            std::fill_n(sums, n, count / 2);
            for (int dy = 0; dy < factor; ++dy) {
                const std::uint8_t* in =
                    from.row(y * factor + dy) + static_cast<std::ptrdiff_t>(x0) * factor;
                for (int x = 0; x < n; ++x) {
                    for (int dx = 0; dx < factor; ++dx) sums[x] += in[x * factor + dx];
                }
            }
            for (int x = 0; x < n; ++x) out[x0 + x] = static_cast<std::uint8_t>(sums[x] / count);
        }
    }
}

void LumaPyramid::build(const LumaView& picture) {
    shrink(picture, 1, images_[0]);
    levels_ = 1;
    while (levels_ < max_levels) {
        const LumaView last = level(levels_ - 1);
        if (last.width < 64 || last.height < 64) break;
        shrink(last, 2, images_[levels_]);
        ++levels_;
    }
}

}  // namespace saccade::track
