// Points of a picture that can be found again in the next one.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "saccade/types.h"
#include "track/camera_motion/kernels.h"
#include "track/camera_motion/luma.h"
#include "track/point.h"

namespace saccade::track {

/// Corners by the smaller eigenvalue of the gradient matrix over 5 x 5 px (J. Shi and C. Tomasi,
/// "Good features to track", 1994): the best one of each 20 x 20 px cell, so that they are spread
/// over the picture. Memory is kept from call to call. One thread at a time.
class CornerFinder {
  public:
    /// Row by row of cells; (0, 0) is the middle of the first pixel. None lies in a box of `masked`
    /// (px of the picture; what is no proper box masks nothing) or within 8 px of the border.
    void find(const LumaView& picture, std::span<const Box> masked, std::vector<Point>& corners);

  private:
    static constexpr int radius = 2, window = 2 * radius + 1;
    struct Products {  ///< of the two gradients, one row of the picture
        std::vector<std::int32_t> xx, xy, yy;
        [[nodiscard]] MotionKernels::Products from(int x) {
            return {xx.data() + x, xy.data() + x, yy.data() + x};
        }
    };
    struct Best {
        float value = 0;
        int x = 0, y = 0;
    };

    void mask(const LumaView& picture, std::span<const Box> boxes);
    /// Takes row y into the window's sums, for the row that is there no longer.
    void slide(const LumaView& picture, int y);
    /// Looks at each pixel of row y, in the middle of the window.
    void score(int y, int width);

    std::vector<std::uint8_t> masked_;       // one a pixel
    std::array<Products, window> products_;  // of row y at y % window
    Products sums_;                          // of the window's rows
    std::vector<float> values_;              // of the row at hand
    std::vector<Best> best_;                 // of each cell in the row of cells at hand
};

}  // namespace saccade::track
