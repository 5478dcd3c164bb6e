// The encoder against the decoder: sizes, times, colours and failures survive the round trip.
#include "media/encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/source.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;
using test::TempDir;

/// An i420 picture of one colour, with a stride of its own.
Frame plain(int width, int height, std::uint8_t y, std::uint8_t u, std::uint8_t v, Timestamp pts) {
    const int cw = (width + 1) / 2, ch = (height + 1) / 2, stride = width + 7;
    auto bytes = std::make_shared<std::vector<std::uint8_t>>(
        static_cast<std::size_t>(stride * (height + 2 * ch)), 0xAA);
    Frame frame;
    frame.width = width, frame.height = height, frame.pts = pts;
    std::uint8_t* at = bytes->data();
    for (std::size_t p = 0; p < 3; ++p) {
        frame.planes[p] = {at, stride};
        for (int row = 0; row < (p == 0 ? height : ch); ++row, at += stride) {
            std::fill_n(at, p == 0 ? width : cw, p == 0 ? y : p == 1 ? u : v);
        }
    }
    frame.owner = bytes;
    return frame;
}

void encode(const std::filesystem::path& path, const EncoderOptions& options,
            const std::vector<Frame>& frames) {
    auto encoder = open_encoder(path, options);
    ASSERT_TRUE(encoder) << encoder.error().line();
    for (const Frame& frame : frames) {
        const auto done = (*encoder)->write(frame);
        ASSERT_TRUE(done) << done.error().line();
    }
    const auto done = (*encoder)->finish();
    ASSERT_TRUE(done) << done.error().line();
}

test::Reading decode(const std::filesystem::path& path) {
    auto source = open_source(path.string(), {});
    EXPECT_TRUE(source) << source.error().line();
    return source ? test::read_all(**source) : test::Reading{};
}

TEST(Encoder, KeepsTheShapeOfPixels) {
    const TempDir dir;
    for (const PixelAspect aspect :
         {PixelAspect{}, PixelAspect{4, 3}, PixelAspect{64, 45}, PixelAspect{1, 2}}) {
        encode(dir / "out.mp4", {.width = 64, .height = 48, .pixel_aspect = aspect},
               {plain(64, 48, 90, 100, 160, 0ms), plain(64, 48, 90, 100, 160, 40ms)});
        auto source = open_source((dir / "out.mp4").string(), {});
        ASSERT_TRUE(source) << source.error().line();
        EXPECT_EQ((*source)->info().pixel_aspect, aspect);
    }
}

TEST(Encoder, KeepsPicturesAndRealTimes) {
    const TempDir dir;
    const std::vector<Timestamp> times = {0ms, 40ms, 41ms, 500ms, 4000ms, 4033ms};
    std::vector<Frame> frames;
    for (std::size_t i = 0; i < times.size(); ++i) {
        frames.push_back(plain(64, 48, static_cast<std::uint8_t>(30 + 30 * i), 100, 160, times[i]));
    }
    encode(dir / "out.tmp-x", {.width = 64, .height = 48, .choice = {.crf = 10}}, frames);
    const auto all = decode(dir / "out.tmp-x");
    EXPECT_EQ(all.damage, "");
    ASSERT_EQ(all.frames.size(), times.size());
    for (std::size_t i = 0; i < times.size(); ++i) {
        EXPECT_NEAR(seconds(all.frames[i].pts), seconds(times[i]), 1.0 / 50000);
        EXPECT_NEAR(test::sample(all.frames[i], 0, 20, 20), 30 + 30 * static_cast<int>(i), 3);
        EXPECT_NEAR(test::sample(all.frames[i], 1, 10, 10), 100, 3);
        EXPECT_NEAR(test::sample(all.frames[i], 2, 10, 10), 160, 3);
    }
}

TEST(Encoder, PadsOddSizesWithTheLastColumnAndRow) {
    const TempDir dir;
    encode(dir / "odd.mp4", {.width = 33, .height = 21, .choice = {.crf = 5}},
           {plain(33, 21, 180, 100, 160, 0ms), plain(33, 21, 180, 100, 160, 40ms)});
    const auto all = decode(dir / "odd.mp4");
    ASSERT_EQ(all.frames.size(), 2U);
    EXPECT_EQ(all.frames[0].width, 34);
    EXPECT_EQ(all.frames[0].height, 22);
    EXPECT_NEAR(test::sample(all.frames[0], 0, 33, 21), 180, 3);
    EXPECT_NEAR(test::sample(all.frames[0], 1, 16, 10), 100, 3);
}

TEST(Encoder, TagsItsColours) {
    const TempDir dir;
    for (const auto matrix : {ColorMatrix::bt601, ColorMatrix::bt709, ColorMatrix::bt2020}) {
        for (const auto range : {ColorRange::limited, ColorRange::full}) {
            const ColorSpec color{matrix, range};
            encode(dir / "c.mp4", {.width = 32, .height = 32, .color = color},
                   {plain(32, 32, 90, 128, 128, 0ms)});
            const auto all = decode(dir / "c.mp4");
            ASSERT_EQ(all.frames.size(), 1U);
            EXPECT_EQ(all.frames[0].color, color);
        }
    }
}

TEST(Encoder, WritesTheSameBytesEachTime) {
    const TempDir dir;
    std::vector<Frame> frames;
    for (int i = 0; i < 12; ++i) {
        frames.push_back(plain(64, 48, static_cast<std::uint8_t>(20 * i), 100, 160, i * 40ms));
    }
    for (const auto* name : {"1.mp4", "2.mp4"}) {
        encode(dir / name, {.width = 64, .height = 48}, frames);
    }
    EXPECT_EQ(test::read_file(dir / "1.mp4"), test::read_file(dir / "2.mp4"));
}

TEST(Encoder, KeepsFramesOfEqualTimesApart) {
    const TempDir dir;
    std::vector<Frame> frames(5, plain(32, 32, 90, 128, 128, 70ms));
    encode(dir / "same.mp4", {.width = 32, .height = 32}, frames);
    EXPECT_EQ(decode(dir / "same.mp4").frames.size(), 5U);
}

TEST(Encoder, RefusesWrongFramesAndSizes) {
    const TempDir dir;
    auto encoder = open_encoder(dir / "x.mp4", {.width = 32, .height = 32});
    ASSERT_TRUE(encoder);
    EXPECT_EQ((*encoder)->write(plain(34, 32, 1, 1, 1, 0ms)).error().code,
              ErrorCode::invalid_argument);
    Frame rgb = plain(32, 32, 1, 1, 1, 0ms);
    rgb.format = PixelFormat::rgb24;
    const auto written = (*encoder)->write(rgb);
    ASSERT_FALSE(written) << "i420 and nv12 alone are taken";
    EXPECT_EQ(written.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(open_encoder(dir / "y.mp4", {.width = 0, .height = 32}).error().code,
              ErrorCode::invalid_argument);
    EXPECT_EQ(
        open_encoder(dir / "y.mp4", {.width = 32, .height = 32, .frame_rate = 0}).error().code,
        ErrorCode::invalid_argument);
}

TEST(Encoder, SaysWhatCannotBeWritten) {
    const TempDir dir;
    const auto path = dir / "no/such/folder/x.mp4";
    const auto error = open_encoder(path, {.width = 32, .height = 32}).error();
    EXPECT_EQ(error.code, ErrorCode::unwritable);
    EXPECT_THAT(error.message, testing::StartsWith(path.string()));
    EXPECT_NE(error.remedy, "");
}

TEST(Encoder, AFullDiskIsUnwritable) {
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
    auto encoder = open_encoder("/dev/full", {.width = 64, .height = 64});
    std::optional<Error> error;
    if (!encoder) error = encoder.error();
    for (int i = 0; i < 100 && !error; ++i) {
        const auto done = (*encoder)->write(plain(64, 64, 90, 128, 128, i * 40ms));
        if (!done) error = done.error();
    }
    if (!error) {
        const auto done = (*encoder)->finish();
        if (!done) error = done.error();
    }
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::unwritable);
    EXPECT_THAT(error->message, testing::HasSubstr("/dev/full"));
}

}  // namespace
}  // namespace saccade::media
