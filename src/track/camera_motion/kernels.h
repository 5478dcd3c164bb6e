// The inner loops of camera motion, for each instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/cpu.h"
#include "track/point.h"

namespace saccade::track {

/// Half the width of the window that is followed, less the middle, px.
inline constexpr int flow_radius = 5;

/// The window around a point of the picture before, with its gradients. Rows are as long as two
/// vectors of 8; columns from `size` on are 0 in the gradients and count for nothing.
struct FlowWindow {
    static constexpr int size = 2 * flow_radius + 1, lanes = 16;
    alignas(32) float value[size][lanes];
    alignas(32) float gx[size][lanes];
    alignas(32) float gy[size][lanes];
    float xx = 0, xy = 0, yy = 0;  ///< sums of the products of the gradients
};

/// What one step finds at a place in the picture after.
struct FlowStep {
    float bx = 0, by = 0;  ///< sums of difference times gradient
    float difference = 0;  ///< sum of absolute differences
};

/// Samples behind a picture's last one that the flow's loads may read, whatever they hold.
inline constexpr std::size_t flow_slack = 16;

/// All implementations give the same bits: sums are made in an order of their own, lane by lane,
/// and products and sums are never fused.
struct MotionKernels {
    /// sums[i] += row[i].
    void (*add_row)(const std::uint8_t* row, int n, std::uint16_t* sums);
    /// to[i] = the mean of `factor` sums next to one another, each of `factor` rows; to nearest.
    void (*mean_across)(const std::uint16_t* sums, int factor, int n, std::uint8_t* to);

    /// Products of the gradients of n pixels, from row[0] on, whose neighbours may be read: they
    /// replace those in xx, xy, yy, and the sums change by the difference.
    struct Products {
        std::int32_t *xx, *xy, *yy;
    };
    void (*multiply)(const std::uint8_t* row, const std::uint8_t* above, const std::uint8_t* below,
                     int n, Products products, Products sums);
    /// Of n pixels the smaller eigenvalue of the gradient matrix over five columns of the sums, two
    /// of which to each side may be read.
    void (*eigenvalues)(Products sums, int n, float* values);

    /// to[i] = row[i].
    void (*to_float)(const std::uint8_t* row, int n, float* to);
    /// Bilinear samples around `p`; the stride is in samples. The window and one pixel more on each
    /// side, and one further for the interpolation, lie in the picture.
    void (*window)(const float* picture, std::ptrdiff_t stride, Point p, FlowWindow& out);
    /// The window around `q`, and one pixel more for the interpolation, lies in the picture.
    FlowStep (*step)(const FlowWindow& before, const float* picture, std::ptrdiff_t stride,
                     Point q);
};

[[nodiscard]] const MotionKernels& motion_kernels(Isa isa) noexcept;
/// For this processor.
[[nodiscard]] const MotionKernels& motion_kernels() noexcept;

extern const MotionKernels plain_motion_kernels;
#if defined(__x86_64__)
extern const MotionKernels avx2_motion_kernels;
#endif

}  // namespace saccade::track
