#include "track/camera_motion/luma.h"

#include <algorithm>
#include <cstring>

#include "track/camera_motion/kernels.h"

namespace saccade::track {

void shrink(const LumaView& from, int factor, LumaImage& to) {
    const int width = from.width / factor, height = from.height / factor;
    to.resize(width, height);
    if (factor == 1) {
        for (int y = 0; y < height; ++y) {
            std::memcpy(to.row(y), from.row(y), static_cast<std::size_t>(width));
        }
        return;
    }
    const MotionKernels& kernels = motion_kernels();
    constexpr int strip = 4096;  // sums of one strip stay in the first cache
    std::uint16_t sums[strip];
    const int across = strip / factor;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; x += across) {
            const int n = std::min(across, width - x);
            std::fill_n(sums, n * factor, std::uint16_t{0});
            for (int dy = 0; dy < factor; ++dy) {
                kernels.add_row(from.row(y * factor + dy) + static_cast<std::ptrdiff_t>(x) * factor,
                                n * factor, sums);
            }
            kernels.mean_across(sums, factor, n, to.row(y) + x);
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
    for (int i = 0; i < levels_; ++i) {
        const LumaView from = level(i);
        LumaSamples& to = samples_[i];
        to.width = from.width, to.height = from.height;
        const auto count =
            static_cast<std::size_t>(from.width) * static_cast<std::size_t>(from.height);
        to.data.resize(count + flow_slack);
        motion_kernels().to_float(from.data, static_cast<int>(count), to.data.data());
    }
}

}  // namespace saccade::track
