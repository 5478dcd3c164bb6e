// What is left of a covered place: little, and the same whatever else was there.
#include "sink/mosaic.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "unit/vision/frames.h"

namespace saccade::sink {
namespace {

constexpr Box place{20, 10, 84, 74};

TEST(Mosaic, LeavesAFewColoursOfEachPlaceInEveryFormat) {
    std::mt19937 random(1);
    for (const PixelFormat format : test::all_formats) {
        const Frame frame = test::random_frame(format, 121, 91, random);
        const auto covered = cover_on_host(frame, std::vector{place}, CoverStyle::pixelate);
        ASSERT_TRUE(covered) << covered.error().line();
        const PixelLayout layout = layout_of(format);
        EXPECT_EQ(covered->format, format);
        const int bytes = layout.bytes_per_sample * (format == PixelFormat::rgb24 ? 3 : 1);
        std::set<std::string> colours;
        for (int y = 0; y < 91; ++y) {
            for (int x = 0; x < 121; ++x) {
                const auto* at =
                    covered->planes[0].data + y * covered->planes[0].stride + x * bytes;
                const auto* was = frame.planes[0].data + y * frame.planes[0].stride + x * bytes;
                const bool in = x >= 20 && x < 84 && y >= 10 && y < 74;
                const auto size = static_cast<std::size_t>(bytes);
                if (in) {
                    colours.emplace(reinterpret_cast<const char*>(at), size);
                } else {
                    ASSERT_EQ(std::memcmp(at, was, size), 0) << x << "," << y;
                }
            }
        }
        EXPECT_LE(colours.size(), 16U);
    }
}

/// Two pictures that differ in the place alone, by less than a step of the means: what comes out is
/// the same, so that nobody can tell which of the two it was.
TEST(Mosaic, DifferentPicturesBecomeTheSame) {
    const auto checks = [](int cell) {
        return test::make_frame(PixelFormat::i420, 120, 90, [cell](int p, int x, int y) {
            return p > 0 ? 128 : (x / cell + y / cell) % 2 == 0 ? 40 : 216;
        });
    };
    for (const CoverStyle style : {CoverStyle::pixelate, CoverStyle::blur, CoverStyle::fill}) {
        const auto one = cover_on_host(checks(1), std::vector{place}, style);
        const auto two = cover_on_host(checks(4), std::vector{place}, style);
        ASSERT_TRUE(one && two);
        for (int y = 10; y < 74; ++y) {
            EXPECT_EQ(std::memcmp(one->planes[0].data + y * one->planes[0].stride + 20,
                                  two->planes[0].data + y * two->planes[0].stride + 20, 64),
                      0)
                << y;
        }
    }
}

TEST(Mosaic, CellsAreFourAlongTheLongerSideAndNeverSmall) {
    int cells = 0;
    auto mosaics = mosaics_of(std::vector<Box>{{0, 0, 400, 200}, {0, 0, 30, 30}, {0, 0, 40, 16}},
                              640, 360, cells);
    ASSERT_EQ(mosaics.size(), 3U);
    EXPECT_EQ(mosaics[0].columns, 4);
    EXPECT_EQ(mosaics[0].rows, 2);
    EXPECT_EQ(mosaics[1].columns, 1);
    EXPECT_EQ(mosaics[1].rows, 1);
    EXPECT_EQ(mosaics[2].columns, 2);
    EXPECT_EQ(cells, 8 + 1 + 2);
}

TEST(Mosaic, TheCallersFrameIsNotTouched) {
    std::mt19937 random(1);
    const Frame frame = test::random_frame(PixelFormat::nv12, 60, 40, random);
    const std::vector<std::uint8_t> before(frame.planes[0].data, frame.planes[0].data + 60);
    ASSERT_TRUE(cover_on_host(frame, std::vector<Box>{{0, 0, 60, 40}}, CoverStyle::fill));
    EXPECT_EQ(std::memcmp(before.data(), frame.planes[0].data, 60), 0);
}

}  // namespace
}  // namespace saccade::sink
