#include "core/crop.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace saccade {
namespace {

const std::uint8_t kMemory[3 * 64 * 64] = {};

Frame frame_of(PixelFormat format) {
    Frame frame;
    frame.width = frame.height = 64;
    frame.format = format;
    frame.planes = {Plane{kMemory, 64}, Plane{kMemory, 64}, Plane{kMemory, 64}};
    frame.owner = std::make_shared<int>(0);
    return frame;
}

TEST(Crop, SharesThePixelsAndBeginsOnAChromaSample) {
    const Frame frame = frame_of(PixelFormat::i420);
    const auto part = crop(frame, {11, 21, 30.5F, 40});
    ASSERT_TRUE(part);
    EXPECT_EQ(part->width, 31 - 10);
    EXPECT_EQ(part->height, 40 - 20);
    EXPECT_EQ(part->planes[0].data - kMemory, 20 * 64 + 10);
    EXPECT_EQ(part->planes[1].data - kMemory, 10 * 64 + 5);
    EXPECT_EQ(part->owner, frame.owner);
}

TEST(Crop, CountsInterleavedSamples) {
    EXPECT_EQ(crop(frame_of(PixelFormat::nv12), {8, 4, 20, 20})->planes[1].data - kMemory,
              2 * 64 + 4 * 2);
    EXPECT_EQ(crop(frame_of(PixelFormat::rgb24), {7, 3, 20, 20})->planes[0].data - kMemory,
              3 * 64 + 7 * 3);
}

TEST(Crop, IsNothingOutsideOfTheFrame) {
    const Frame frame = frame_of(PixelFormat::gray8);
    EXPECT_FALSE(crop(frame, {64, 0, 90, 20}));
    EXPECT_FALSE(crop(frame, {10, 10, 10, 20}));
    EXPECT_FALSE(crop(frame, {0, 0, std::numeric_limits<float>::quiet_NaN(), 20}));
    EXPECT_EQ(crop(frame, {-10, -10, 900, 900})->width, 64);
}

}  // namespace
}  // namespace saccade
