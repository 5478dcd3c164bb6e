#include "sink/picture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <tuple>

#include "sink/rgb.h"
#include "sink/scale.h"

namespace saccade::sink {
namespace {

/// A frame with random samples and rows that are longer than they need to be.
Frame random_frame(PixelFormat format, int width, int height, std::mt19937& random) {
    const PixelLayout layout = layout_of(format);
    Frame frame;
    frame.width = width;
    frame.height = height;
    frame.format = format;
    auto memory = std::make_shared<std::vector<std::vector<std::uint8_t>>>();
    for (int p = 0; p < layout.planes; ++p) {
        const int sx = p > 0 ? layout.chroma_shift_x : 0, sy = p > 0 ? layout.chroma_shift_y : 0;
        int samples = (width + (1 << sx) - 1) >> sx;
        const int rows = (height + (1 << sy) - 1) >> sy;
        if (p == 1 && layout.planes == 2) samples *= 2;
        if (format == PixelFormat::rgb24) samples *= 3;
        const int stride = samples * layout.bytes_per_sample + 6;
        auto& bytes = memory->emplace_back(static_cast<std::size_t>(stride * rows));
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            auto value = static_cast<unsigned>(random());
            if (layout.bytes_per_sample == 1) {
                bytes[i] = static_cast<std::uint8_t>(value);
            } else if (i % 2 == 0) {
                value &= 1023U;
                if (format == PixelFormat::p010) value <<= 6U;
                bytes[i] = static_cast<std::uint8_t>(value);
                bytes[i + 1] = static_cast<std::uint8_t>(value >> 8U);
            }
        }
        frame.planes[static_cast<std::size_t>(p)] = {bytes.data(), stride};
    }
    frame.owner = memory;
    return frame;
}

/// Sample in units of 8 bits, unrounded.
double sample(const Frame& f, std::size_t plane, int x, int y) {
    const PixelLayout layout = layout_of(f.format);
    const std::uint8_t* p =
        f.planes[plane].data + y * f.planes[plane].stride + x * layout.bytes_per_sample;
    if (layout.bytes_per_sample == 1) return *p;
    return (p[0] + 256 * p[1]) / (f.format == PixelFormat::p010 ? 256.0 : 4.0);
}

/// The chroma that a 4:2:0 sample at (x, y) stands for, by the definition of siting.
double chroma(const Frame& f, std::size_t c, int x, int y) {
    const PixelLayout layout = layout_of(f.format);
    const int width = (f.width + (1 << layout.chroma_shift_x) - 1) >> layout.chroma_shift_x;
    const auto at = [&](int px, int py) {
        return layout.planes == 2 ? sample(f, 1, 2 * px + static_cast<int>(c) - 1, py)
                                  : sample(f, c, px, py);
    };
    const auto across = [&](int py) {
        if (layout.chroma_shift_x == 1) return at(x, py);
        const int right = std::min(2 * x + 1, width - 1);
        if (f.color.siting == ChromaSiting::center) return (at(2 * x, py) + at(right, py)) / 2;
        return at(std::max(2 * x - 1, 0), py) / 4 + at(2 * x, py) / 2 + at(right, py) / 4;
    };
    if (layout.chroma_shift_y == 1) return across(y);
    return (across(2 * y) + across(std::min(2 * y + 1, f.height - 1))) / 2;
}

class ToI420 : public testing::TestWithParam<std::tuple<PixelFormat, ChromaSiting>> {};

TEST_P(ToI420, AgreesWithTheDefinition) {
    std::mt19937 random(3);
    for (const auto& [width, height] : {std::pair{16, 8}, {17, 9}, {1, 1}, {2, 3}, {65, 1}}) {
        Frame frame = random_frame(std::get<0>(GetParam()), width, height, random);
        frame.color.siting = std::get<1>(GetParam());
        Picture picture;
        ASSERT_TRUE(to_i420(frame, picture));
        EXPECT_EQ(picture.color, frame.color);
        ASSERT_EQ(picture.width(), width);
        ASSERT_EQ(picture.height(), height);
        // 10 bits are rounded to 8 before chroma is averaged: half a code each.
        const double tolerance = layout_of(frame.format).depth > 8 ? 1.01 : 0.51;
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                const double expected = std::min(255.0, sample(frame, 0, x, y));
                ASSERT_NEAR(picture.plane(0).row(y)[x], expected, 0.51) << x << "," << y;
            }
        }
        for (std::size_t c = 1; c < 3; ++c) {
            ASSERT_EQ(picture.plane(c).width, (width + 1) / 2);
            for (int y = 0; y < picture.plane(c).height; ++y) {
                for (int x = 0; x < picture.plane(c).width; ++x) {
                    ASSERT_NEAR(picture.plane(c).row(y)[x], chroma(frame, c, x, y), tolerance);
                }
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, ToI420,
    testing::Combine(testing::Values(PixelFormat::i420, PixelFormat::i422, PixelFormat::i444,
                                     PixelFormat::nv12, PixelFormat::i420p10, PixelFormat::i422p10,
                                     PixelFormat::i444p10, PixelFormat::p010),
                     testing::Values(ChromaSiting::left, ChromaSiting::center)));

TEST(ToI420Rgb, OfOneColorIsThatColor) {
    std::mt19937 random(4);
    for (int i = 0; i < 50; ++i) {
        Frame frame = random_frame(PixelFormat::rgb24, 5, 3, random);
        const Rgb color{frame.planes[0].data[0], frame.planes[0].data[1], frame.planes[0].data[2]};
        auto pixels = std::make_shared<std::vector<std::uint8_t>>();
        for (int p = 0; p < 15; ++p) pixels->insert(pixels->end(), {color.r, color.g, color.b});
        frame.planes[0] = {pixels->data(), 15};
        frame.owner = pixels;
        Picture picture;
        ASSERT_TRUE(to_i420(frame, picture));
        const auto expected = to_yuv(color, picture.color);
        EXPECT_NEAR(picture.plane(0).row(2)[4], expected[0], 1);
        EXPECT_NEAR(picture.plane(1).row(1)[2], expected[1], 1);
        EXPECT_NEAR(picture.plane(2).row(1)[2], expected[2], 1);
    }
}

TEST(ToI420Gray, StaysAsItIsWithoutColor) {
    std::mt19937 random(5);
    const Frame frame = random_frame(PixelFormat::gray8, 7, 5, random);
    Picture picture;
    ASSERT_TRUE(to_i420(frame, picture));
    EXPECT_EQ(picture.color.range, ColorRange::full);
    EXPECT_EQ(picture.plane(0).row(4)[6], frame.planes[0].data[4 * frame.planes[0].stride + 6]);
    EXPECT_EQ(picture.plane(1).row(2)[3], 128);
    EXPECT_EQ(picture.plane(2).row(2)[3], 128);
}

TEST(ToI420Errors, NoPixelsInHostMemory) {
    Picture picture;
    EXPECT_EQ(to_i420(Frame{}, picture).error().code, ErrorCode::unsupported);
    std::mt19937 random(6);
    Frame frame = random_frame(PixelFormat::nv12, 8, 8, random);
    frame.memory = MemoryKind::cuda;
    EXPECT_EQ(to_i420(frame, picture).error().code, ErrorCode::unsupported);
}

TEST(Scale, KeepsASlopeAndASameSizedPicture) {
    Picture from, to;
    from.resize(64, 32);
    for (std::size_t c = 0; c < 3; ++c) {
        const PlaneView& plane = from.plane(c);
        for (int y = 0; y < plane.height; ++y) {
            for (int x = 0; x < plane.width; ++x)
                plane.row(y)[x] = static_cast<std::uint8_t>(2 * x + y);
        }
    }
    to.resize(64, 32);
    scale(from, to);
    EXPECT_EQ(to.plane(0).row(31)[63], from.plane(0).row(31)[63]);
    to.resize(128, 48);
    scale(from, to);
    for (int y = 2; y < 46; ++y) {
        for (int x = 2; x < 126; ++x) {
            const double expected = 2 * ((x + 0.5) / 2 - 0.5) + ((y + 0.5) * 32 / 48 - 0.5);
            ASSERT_NEAR(to.plane(0).row(y)[x], expected, 0.52) << x << "," << y;
        }
    }
}

}  // namespace
}  // namespace saccade::sink
