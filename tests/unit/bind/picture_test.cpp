#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "bind/parts.h"

namespace saccade::bind {
namespace {

/// An i420 picture of one colour.
Frame plain(std::uint8_t y, std::uint8_t u, std::uint8_t v, std::vector<std::uint8_t>& memory,
            ColorMatrix matrix, ColorRange range) {
    constexpr int width = 32, height = 16;
    memory.assign(width * height * 3 / 2, y);
    std::fill_n(memory.begin() + width * height, width * height / 4, u);
    std::fill_n(memory.begin() + width * height * 5 / 4, width * height / 4, v);
    Frame frame{.width = width, .height = height, .format = PixelFormat::i420};
    frame.color = {.matrix = matrix, .range = range};
    frame.planes = {Plane{memory.data(), width}, Plane{memory.data() + width * height, width / 2},
                    Plane{memory.data() + width * height * 5 / 4, width / 2}};
    return frame;
}

void expect_colour(const Frame& frame, int r, int g, int b) {
    std::vector<std::uint8_t> rgb(static_cast<std::size_t>(frame.width * frame.height * 3)),
        bgr(rgb);
    ASSERT_TRUE(to_rgb(frame, false, rgb.data()));
    ASSERT_TRUE(to_rgb(frame, true, bgr.data()));
    for (std::size_t i = 0; i < rgb.size(); i += 3) {
        EXPECT_NEAR(rgb[i], r, 2);
        EXPECT_NEAR(rgb[i + 1], g, 2);
        EXPECT_NEAR(rgb[i + 2], b, 2);
        ASSERT_EQ(rgb[i], bgr[i + 2]);
        ASSERT_EQ(rgb[i + 1], bgr[i + 1]);
        ASSERT_EQ(rgb[i + 2], bgr[i]);
    }
}

TEST(Picture, WhiteBlackAndColoursByMatrixAndRange) {
    std::vector<std::uint8_t> memory;
    expect_colour(plain(235, 128, 128, memory, ColorMatrix::bt709, ColorRange::limited), 255, 255,
                  255);
    expect_colour(plain(16, 128, 128, memory, ColorMatrix::bt709, ColorRange::limited), 0, 0, 0);
    expect_colour(plain(255, 128, 128, memory, ColorMatrix::bt601, ColorRange::full), 255, 255,
                  255);
    // Pure red, by the definitions of BT.709 and BT.601.
    expect_colour(plain(63, 102, 240, memory, ColorMatrix::bt709, ColorRange::limited), 255, 0, 0);
    expect_colour(plain(81, 90, 240, memory, ColorMatrix::bt601, ColorRange::limited), 255, 0, 0);
}

TEST(Picture, OnADeviceItIsRefused) {
    Frame frame{.width = 32, .height = 16, .memory = MemoryKind::cuda, .device = 0};
    std::uint8_t none = 0;
    EXPECT_EQ(to_rgb(frame, false, &none).error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace saccade::bind
