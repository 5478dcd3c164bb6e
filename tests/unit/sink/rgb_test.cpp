#include "sink/rgb.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

namespace saccade::sink {
namespace {

// Known codes: BT.601 from its own table of 100 % bars, BT.709 and BT.2020 likewise (8 bits).
TEST(Rgb, CodesOfThePrimariesInEachMatrix) {
    using Yuv = std::array<std::uint8_t, 3>;
    constexpr Rgb red{255, 0, 0}, white{255, 255, 255}, black{};
    constexpr auto limited = ColorRange::limited, full = ColorRange::full;
    EXPECT_EQ(to_yuv(red, {ColorMatrix::bt601, limited}), (Yuv{81, 90, 240}));
    EXPECT_EQ(to_yuv(red, {ColorMatrix::bt709, limited}), (Yuv{63, 102, 240}));
    EXPECT_EQ(to_yuv(red, {ColorMatrix::bt2020, limited}), (Yuv{74, 97, 240}));
    EXPECT_EQ(to_yuv(red, {ColorMatrix::bt601, full}), (Yuv{76, 85, 255}));
    for (const auto matrix : {ColorMatrix::bt601, ColorMatrix::bt709, ColorMatrix::bt2020}) {
        EXPECT_EQ(to_yuv(white, {matrix, limited}), (Yuv{235, 128, 128}));
        EXPECT_EQ(to_yuv(black, {matrix, limited}), (Yuv{16, 128, 128}));
        EXPECT_EQ(to_yuv(white, {matrix, full}), (Yuv{255, 128, 128}));
    }
}

TEST(Rgb, ColorsOfNeighboursDifferAndTextIsReadableOnAll) {
    const auto distance = [](Rgb a, Rgb b) {
        return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b);
    };
    for (std::int64_t id = 0; id < 2000; ++id) {
        const Rgb color = color_of(id);
        for (std::int64_t next = 1; next <= 4; ++next) {
            EXPECT_GT(distance(color, color_of(id + next)), 100) << id;
        }
        EXPECT_GE(contrast(color, text_color_on(color)), 3.0) << id;
        EXPECT_EQ(color, color_of(id));
    }
    EXPECT_NE(color_of(std::numeric_limits<std::int64_t>::max()),
              color_of(std::numeric_limits<std::int64_t>::max() - 1));
    EXPECT_DOUBLE_EQ(contrast({0, 0, 0}, {255, 255, 255}), 21.0);
}

}  // namespace
}  // namespace saccade::sink
