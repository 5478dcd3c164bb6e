// What an encoder can be told, in FFmpeg's words, and what is said of the rest.
#include "media/encoder_choice.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "media/encoder.h"
#include "media/source.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

bool here(const std::string& name) {
    const auto names = encoder_names();
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string refused(const EncoderChoice& choice) {
    const auto checked = check_encoder(choice);
    EXPECT_FALSE(checked);
    return checked ? "" : checked.error().line();
}

TEST(Bitrate, IsReadAsFfmpegDoes) {
    EXPECT_EQ(parse_bitrate("4M"), 4'000'000);
    EXPECT_EQ(parse_bitrate("800k"), 800'000);
    EXPECT_EQ(parse_bitrate("1.5M"), 1'500'000);
    EXPECT_EQ(parse_bitrate("2500000"), 2'500'000);
    for (const char* wrong : {"", "M", "4G", "-4M", "0", "4M ", "nan", "1e30", "12"}) {
        EXPECT_FALSE(parse_bitrate(wrong)) << wrong;
    }
}

TEST(EncoderChoice, TheUsualOneNeedsNoWord) {
    EXPECT_TRUE(check_encoder({}));
    EXPECT_TRUE(find_encoder({}));
}

TEST(EncoderChoice, AnUnknownEncoderIsToldWithThoseThereAre) {
    const std::string line = refused({.name = "h266_magic"});
    EXPECT_NE(line.find("'h266_magic'"), std::string::npos);
    EXPECT_NE(line.find("mpeg4"), std::string::npos) << line;
    // An encoder of something else than video for MP4 is none.
    EXPECT_NE(refused({.name = "aac"}).find("none of this FFmpeg's"), std::string::npos);
}

TEST(EncoderChoice, ValuesThatX264DoesNotTakeAreToldWithThoseItDoes) {
    if (!here("libx264")) GTEST_SKIP() << "no libx264";
    EXPECT_TRUE(check_encoder({.name = "libx264", .crf = 0}));
    EXPECT_TRUE(check_encoder({.name = "libx264", .crf = 23.5, .preset = "veryfast"}));
    EXPECT_TRUE(check_encoder({.name = "libx264", .bitrate = 4'000'000}));
    EXPECT_NE(refused({.name = "libx264", .preset = "quick"}).find("ultrafast, superfast"),
              std::string::npos);
    EXPECT_NE(refused({.name = "libx264", .crf = 52}).find("0 to 51"), std::string::npos);
    EXPECT_NE(refused({.crf = 20, .bitrate = 4'000'000}).find("one of the two"), std::string::npos);
}

TEST(EncoderChoice, WhatAnEncoderLacksIsRefused) {
    if (!here("mpeg4")) GTEST_SKIP() << "no MPEG-4";
    EXPECT_TRUE(check_encoder({.name = "mpeg4", .crf = 21}));
    EXPECT_NE(refused({.name = "mpeg4", .preset = "fast"}).find("mpeg4 has none"),
              std::string::npos);
}

TEST(EncoderChoice, HardwareThatIsNotThereIsNamed) {
    if (!here("h264_nvenc")) GTEST_SKIP() << "this FFmpeg has no NVENC";
    EXPECT_NE(refused({.name = "h264_nvenc", .preset = "p99"}).find("p4"), std::string::npos)
        << "its presets are known without it";
    const auto opened = check_encoder({.name = "h264_nvenc"});
    if (opened) GTEST_SKIP() << "there is one here";
    EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
    EXPECT_NE(opened.error().line().find("h264_nvenc can't be opened here"), std::string::npos);
}

/// Each that runs on every CPU gives a file that plays, from both layouts alike.
TEST(EncoderChoice, EncodersOfTheCpuWriteFilesThatPlay) {
    for (const std::string name : {"libx264", "libx265", "mpeg4"}) {
        if (!here(name)) continue;
        for (const PixelFormat format : {PixelFormat::i420, PixelFormat::nv12}) {
            for (const auto& [width, height] : {std::pair{64, 48}, {61, 47}}) {
                SCOPED_TRACE(testing::Message() << name << " " << width << "x" << height);
                const test::TempDir dir;
                auto encoder = open_encoder(dir / "a.mp4", {.width = width,
                                                            .height = height,
                                                            .choice = {.name = name, .crf = 8},
                                                            .format = format});
                ASSERT_TRUE(encoder) << encoder.error().line();
                std::vector<std::uint8_t> luma(static_cast<std::size_t>(width * height), 150);
                const int cw = (width + 1) / 2, ch = (height + 1) / 2;
                std::vector<std::uint8_t> chroma(static_cast<std::size_t>(2 * cw * ch));
                for (std::size_t i = 0; i < chroma.size(); ++i) {
                    const bool u = format == PixelFormat::nv12 ? i % 2 == 0 : i < chroma.size() / 2;
                    chroma[i] = u ? 90 : 170;
                }
                Frame frame;
                frame.width = width, frame.height = height, frame.format = format;
                frame.planes[0] = {luma.data(), width};
                if (format == PixelFormat::nv12) {
                    frame.planes[1] = {chroma.data(), 2 * cw};
                } else {
                    frame.planes[1] = {chroma.data(), cw};
                    frame.planes[2] = {chroma.data() + cw * ch, cw};
                }
                for (int i = 0; i < 5; ++i) {
                    frame.pts = std::chrono::milliseconds(40 * i);
                    ASSERT_TRUE((*encoder)->write(frame));
                }
                ASSERT_TRUE((*encoder)->finish());
                auto source = open_source((dir / "a.mp4").string(), {});
                ASSERT_TRUE(source) << source.error().line();
                const auto read = test::read_all(**source);
                ASSERT_EQ(read.frames.size(), 5U);
                const Frame& shown = read.frames[2];
                EXPECT_NEAR(shown.planes[0].data[20 * shown.planes[0].stride + 20], 150, 3);
                EXPECT_NEAR(shown.planes[1].data[10 * shown.planes[1].stride + 10], 90, 3);
                EXPECT_NEAR(shown.planes[2].data[10 * shown.planes[2].stride + 10], 170, 3);
            }
        }
    }
}

/// A picture with an owner is not copied on the way, and is let go of once it is encoded.
TEST(Encoder, BorrowsPicturesAndGivesThemBack) {
    const test::TempDir dir;
    auto encoder =
        open_encoder(dir / "a.mp4", {.width = 64, .height = 48, .format = PixelFormat::nv12});
    ASSERT_TRUE(encoder);
    std::vector<std::weak_ptr<const void>> owners;
    for (int i = 0; i < 30; ++i) {
        auto pixels = std::make_shared<std::vector<std::uint8_t>>(64 * 72, 128);
        Frame frame;
        frame.width = 64, frame.height = 48, frame.format = PixelFormat::nv12;
        frame.planes = {Plane{pixels->data(), 64}, Plane{pixels->data() + 64 * 48, 64}, Plane{}};
        frame.owner = pixels;
        frame.pts = std::chrono::milliseconds(40 * i);
        owners.emplace_back(frame.owner);
        ASSERT_TRUE((*encoder)->write(frame));
    }
    ASSERT_TRUE((*encoder)->finish());
    encoder->reset();
    for (const auto& owner : owners) EXPECT_TRUE(owner.expired());
}

}  // namespace
}  // namespace saccade::media
