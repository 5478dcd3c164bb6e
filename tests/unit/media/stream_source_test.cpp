// Clips of every codec and kind through open_source: pixels, sizes, times, colours, rotation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;
using test::ClipOptions;
using test::distance;
using test::read_all;
using test::Reading;
using test::Rgb;
using test::rgb_at;
using test::TempDir;

std::unique_ptr<Source> open(const std::filesystem::path& path, SourceOptions options = {}) {
    auto source = open_source(path.string(), options);
    EXPECT_TRUE(source) << source.error().line();
    return source ? std::move(*source) : nullptr;
}

void write(const std::filesystem::path& path, const ClipOptions& options) {
    const auto done = test::write_clip(path, options);
    ASSERT_TRUE(done) << done.error().line();
}

/// The four quadrants of draw_quadrants, upright: centre pixels of each.
void expect_quadrants(const Frame& frame, int index, int tolerance) {
    const int x1 = frame.width / 4, x2 = frame.width * 3 / 4;
    const int y1 = frame.height / 4, y2 = frame.height * 3 / 4;
    const std::uint8_t grey = test::frame_grey(index);
    EXPECT_LE(distance(rgb_at(frame, x1, y1), {220, 30, 30}), tolerance);
    EXPECT_LE(distance(rgb_at(frame, x2, y1), {30, 200, 30}), tolerance);
    EXPECT_LE(distance(rgb_at(frame, x1, y2), {30, 30, 220}), tolerance);
    EXPECT_LE(distance(rgb_at(frame, x2, y2), {grey, grey, grey}), tolerance);
}

struct CodecCase {
    const char* encoder;
    const char* file;
    const char* codec;
    const char* pixels;
    PixelFormat format;
};

void PrintTo(const CodecCase& c, std::ostream* out) {
    *out << c.encoder << " " << c.pixels;
}

class EachCodec : public testing::TestWithParam<CodecCase> {};

TEST_P(EachCodec, GivesEveryFrameWithItsPixels) {
    const CodecCase& c = GetParam();
    SACCADE_NEEDS_ENCODER(c.encoder);
    const TempDir dir;
    ClipOptions options;
    options.codec = c.encoder;
    options.pixel_format = c.pixels;
    options.width = 96, options.height = 80, options.frames = 12;
    if (options.codec == "libaom-av1") options.options = {{"cpu-used", "8"}};
    if (options.codec == "mjpeg") options.full_range = true;
    write(dir / c.file, options);
    for (const int threads : {1, 3}) {
        auto source = open(dir / c.file, {.stream = 7, .decoder_threads = threads});
        ASSERT_TRUE(source);
        EXPECT_EQ(source->info().codec, c.codec);
        EXPECT_EQ(source->info().format, c.format);
        EXPECT_EQ(source->info().width, 96);
        EXPECT_EQ(source->info().height, 80);
        EXPECT_NEAR(source->info().frame_rate, 25, 0.01);
        const Reading all = read_all(*source);
        EXPECT_THAT(all.errors, testing::IsEmpty());
        EXPECT_THAT(all.discontinuities, testing::IsEmpty());
        EXPECT_EQ(all.damage, "");
        ASSERT_EQ(all.frames.size(), 12U);
        for (int i = 0; i < 12; ++i) {
            const Frame& frame = all.frames[static_cast<std::size_t>(i)];
            EXPECT_EQ(frame.id, (FrameId{7, static_cast<std::uint64_t>(i)}));
            // (MPEG-TS writers leave room in front for decoding times.)
            EXPECT_NEAR(seconds(frame.pts - source->info().start), i / 25.0, 0.0006) << "frame " << i;
            EXPECT_EQ(frame.format, c.format);
            expect_quadrants(frame, i, 14);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, EachCodec,
    testing::Values(CodecCase{"libx264", "x.mp4", "h264", "yuv420p", PixelFormat::i420},
                    CodecCase{"libx264", "x.mkv", "h264", "yuv422p", PixelFormat::i422},
                    CodecCase{"libx264", "x.mkv", "h264", "yuv444p", PixelFormat::i444},
                    CodecCase{"libx264", "x.ts", "h264", "yuv420p10le", PixelFormat::i420p10},
                    CodecCase{"libx264", "x.mkv", "h264", "yuv422p10le", PixelFormat::i422p10},
                    CodecCase{"libx265", "x.mp4", "hevc", "yuv420p", PixelFormat::i420},
                    CodecCase{"libx265", "x.mkv", "hevc", "yuv420p10le", PixelFormat::i420p10},
                    CodecCase{"libvpx-vp9", "x.webm", "vp9", "yuv420p", PixelFormat::i420},
                    CodecCase{"libaom-av1", "x.mkv", "av1", "yuv420p", PixelFormat::i420},
                    CodecCase{"libsvtav1", "x.mp4", "av1", "yuv420p10le", PixelFormat::i420p10},
                    CodecCase{"mpeg4", "x.avi", "mpeg4", "yuv420p", PixelFormat::i420},
                    CodecCase{"mjpeg", "x.avi", "mjpeg", "yuvj420p", PixelFormat::i420},
                    CodecCase{"mjpeg", "x.mkv", "mjpeg", "yuvj422p", PixelFormat::i422},
                    CodecCase{"ffv1", "x.mkv", "ffv1", "yuv444p10le", PixelFormat::i444p10},
                    CodecCase{"ffv1", "x.mkv", "ffv1", "yuva420p", PixelFormat::i420},
                    CodecCase{"ffv1", "x.mkv", "ffv1", "yuv411p", PixelFormat::i422},
                    CodecCase{"ffv1", "x.mkv", "ffv1", "yuv440p", PixelFormat::i444},
                    CodecCase{"ffv1", "x.mkv", "ffv1", "yuv420p12le", PixelFormat::i420p10},
                    CodecCase{"ffv1", "x.mkv", "ffv1", "yuv444p16le", PixelFormat::i444p10},
                    CodecCase{"ffv1", "x.mkv", "ffv1", "gbrp10le", PixelFormat::rgb24},
                    CodecCase{"ffv1", "x.mkv", "ffv1", "bgra", PixelFormat::rgb24},
                    CodecCase{"rawvideo", "x.nut", "rawvideo", "nv12", PixelFormat::nv12},
                    CodecCase{"rawvideo", "x.nut", "rawvideo", "uyvy422", PixelFormat::i422},
                    CodecCase{"rawvideo", "x.nut", "rawvideo", "rgb24", PixelFormat::rgb24},
                    CodecCase{"rawvideo", "x.avi", "rawvideo", "bgr24", PixelFormat::rgb24},
                    CodecCase{"png", "x.mov", "png", "rgb24", PixelFormat::rgb24}));

TEST(StreamSource, HandsOutTheDecodersOwnPlanesBitExactly) {
    const TempDir dir;
    ClipOptions options;
    options.codec = "ffv1";  // lossless
    options.width = 37, options.height = 21, options.frames = 5;
    const auto level = [](int plane, int x, int y, int index) {
        return static_cast<std::uint8_t>(16 + (plane * 70 + x * 3 + y * 5 + index * 11) % 200);
    };
    options.draw_raw = [&](const test::RawPicture& raw, int index) {
        for (int p = 0; p < 3; ++p) {
            for (int y = 0; y < (p == 0 ? 21 : 11); ++y) {
                for (int x = 0; x < (p == 0 ? 37 : 19); ++x) {
                    raw.data[p][raw.stride[p] * y + x] = level(p, x, y, index);
                }
            }
        }
    };
    write(dir / "odd.mkv", options);
    auto source = open(dir / "odd.mkv");
    ASSERT_TRUE(source);
    const Reading all = read_all(*source);
    ASSERT_EQ(all.frames.size(), 5U);
    for (int i = 0; i < 5; ++i) {
        const Frame& frame = all.frames[static_cast<std::size_t>(i)];
        ASSERT_EQ(frame.width, 37);
        ASSERT_EQ(frame.height, 21);
        int wrong = 0;
        for (int p = 0; p < 3; ++p) {
            for (int y = 0; y < (p == 0 ? 21 : 11); ++y) {
                for (int x = 0; x < (p == 0 ? 37 : 19); ++x) {
                    wrong +=
                        test::sample(frame, static_cast<std::size_t>(p), x, y) != level(p, x, y, i);
                }
            }
        }
        EXPECT_EQ(wrong, 0) << "frame " << i;
    }
}

struct ColorCase {
    const char* matrix;
    bool full;
    const char* siting;
    int height;
    ColorSpec expected;
};

class ColorTags : public testing::TestWithParam<ColorCase> {};

TEST_P(ColorTags, AreTheStreamsOwn) {
    SACCADE_NEEDS_ENCODER("libx264");
    const ColorCase& c = GetParam();
    const TempDir dir;
    ClipOptions options;
    options.codec = "libx264";
    options.width = 64, options.height = c.height, options.frames = 2;
    options.matrix = c.matrix;
    options.full_range = c.full;
    options.siting = c.siting;
    options.options = {{"preset", "ultrafast"}, {"crf", "10"}};
    // Untagged HD is drawn with the matrix that it will be taken for.
    if (options.matrix.empty() && c.height >= 720) {
        options.draw = [](test::Canvas& canvas, int) {
            canvas.fill(0, 0, canvas.width, canvas.height, {90, 90, 90});
        };
    }
    write(dir / "c.mp4", options);
    auto source = open(dir / "c.mp4");
    ASSERT_TRUE(source);
    EXPECT_EQ(source->info().color, c.expected);
    const Reading all = read_all(*source);
    ASSERT_EQ(all.frames.size(), 2U);
    EXPECT_EQ(all.frames[1].color, c.expected);
    if (options.matrix.empty() && c.height >= 720) {
        EXPECT_LE(distance(rgb_at(all.frames[1], 20, 20), {90, 90, 90}), 3);
    } else {
        expect_quadrants(all.frames[1], 1, 8);
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, ColorTags,
    testing::Values(
        ColorCase{"bt709", false, "", 64, {ColorMatrix::bt709, ColorRange::limited}},
        ColorCase{"bt709", true, "", 64, {ColorMatrix::bt709, ColorRange::full}},
        ColorCase{"smpte170m", false, "", 64, {ColorMatrix::bt601, ColorRange::limited}},
        ColorCase{"bt470bg", true, "", 64, {ColorMatrix::bt601, ColorRange::full}},
        ColorCase{"bt2020nc", false, "", 64, {ColorMatrix::bt2020, ColorRange::limited}},
        ColorCase{"bt709",
                  false,
                  "center",
                  64,
                  {ColorMatrix::bt709, ColorRange::limited, ChromaSiting::center}},
        ColorCase{"bt709",
                  false,
                  "left",
                  64,
                  {ColorMatrix::bt709, ColorRange::limited, ChromaSiting::left}},
        ColorCase{"", false, "", 64, {ColorMatrix::bt601, ColorRange::limited}},
        ColorCase{"", false, "", 720, {ColorMatrix::bt709, ColorRange::limited}}));

TEST(StreamSource, ReadsMotionJpegAsFullRange601WithCentredChroma) {
    const TempDir dir;
    ClipOptions options;
    options.codec = "mjpeg", options.pixel_format = "yuvj420p", options.full_range = true;
    options.options = {{"qmin", "1"}, {"qmax", "2"}};
    write(dir / "m.avi", options);
    auto source = open(dir / "m.avi");
    ASSERT_TRUE(source);
    EXPECT_EQ(source->info().color,
              (ColorSpec{ColorMatrix::bt601, ColorRange::full, ChromaSiting::center}));
    const Reading all = read_all(*source);
    ASSERT_EQ(all.frames.size(), 10U);
    expect_quadrants(all.frames[3], 3, 6);
}

TEST(StreamSource, GivesLimitedGreyAsYuvAndFullGreyAsGrey) {
    const TempDir dir;
    for (const bool full : {false, true}) {
        ClipOptions options;
        options.codec = "ffv1", options.pixel_format = "gray", options.full_range = full;
        options.draw_raw = [](const test::RawPicture& raw, int) {
            for (int y = 0; y < raw.height; ++y) {
                std::fill_n(raw.data[0] + raw.stride[0] * y, raw.width, std::uint8_t{100});
            }
        };
        write(dir / "g.mkv", options);
        auto source = open(dir / "g.mkv");
        ASSERT_TRUE(source);
        EXPECT_EQ(source->info().format, full ? PixelFormat::gray8 : PixelFormat::i420);
        EXPECT_EQ(source->info().color.range, full ? ColorRange::full : ColorRange::limited);
        const Reading all = read_all(*source);
        ASSERT_EQ(all.frames.size(), 10U);
        EXPECT_EQ(test::sample(all.frames[2], 0, 5, 5), 100);
        if (!full) {
            EXPECT_EQ(test::sample(all.frames[2], 1, 5, 5), 128);
            EXPECT_EQ(test::sample(all.frames[2], 2, 5, 5), 128);
        }
    }
}

struct TurnCase {
    int rotation;
    bool mirrored;
    const char* encoder;
    const char* pixels;
    PixelFormat format;
};

class Rotation : public testing::TestWithParam<TurnCase> {};

// The clip is drawn as it must be coded for a viewer who turns it to see upright quadrants.
TEST_P(Rotation, ComesOutUpright) {
    const TurnCase& c = GetParam();
    SACCADE_NEEDS_ENCODER(c.encoder);
    const TempDir dir;
    const bool aside = c.rotation % 180 != 0;
    ClipOptions options;
    options.codec = c.encoder, options.pixel_format = c.pixels;
    options.width = aside ? 50 : 66, options.height = aside ? 66 : 50;
    options.frames = 4;
    options.rotation = c.rotation, options.mirrored = c.mirrored;
    if (options.codec == "libx264") options.options = {{"crf", "4"}};
    options.draw = [&](test::Canvas& coded, int index) {
        test::Canvas upright(66, 50);
        test::draw_quadrants(upright, index);
        for (int y = 0; y < coded.height; ++y) {
            for (int x = 0; x < coded.width; ++x) {
                // Where the coded pixel goes: mirrored first, then turned clockwise.
                const int mx = c.mirrored ? coded.width - 1 - x : x;
                int ux = mx, uy = y;
                if (c.rotation == 90) ux = coded.height - 1 - y, uy = mx;
                if (c.rotation == 180) ux = coded.width - 1 - mx, uy = coded.height - 1 - y;
                if (c.rotation == 270) ux = y, uy = coded.width - 1 - mx;
                coded.at(x, y) = upright.at(ux, uy);
            }
        }
    };
    write(dir / "r.mov", options);
    auto source = open(dir / "r.mov");
    ASSERT_TRUE(source);
    EXPECT_EQ(source->info().width, 66);
    EXPECT_EQ(source->info().height, 50);
    EXPECT_EQ(source->info().format, c.format);
    const Reading all = read_all(*source);
    ASSERT_EQ(all.frames.size(), 4U);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(all.frames[static_cast<std::size_t>(i)].width, 66);
        expect_quadrants(all.frames[static_cast<std::size_t>(i)], i, 10);
    }
}

std::vector<TurnCase> turns() {
    std::vector<TurnCase> all;
    for (const int rotation : {0, 90, 180, 270}) {
        for (const bool mirrored : {false, true}) {
            const bool aside = rotation % 180 != 0;
            all.push_back({rotation, mirrored, "libx264", "yuv420p", PixelFormat::i420});
            all.push_back({rotation, mirrored, "libx264", "yuv420p10le", PixelFormat::i420p10});
            all.push_back({rotation, mirrored, "libx264", "yuv422p",
                           aside ? PixelFormat::i444 : PixelFormat::i422});
            all.push_back({rotation, mirrored, "png", "rgb24", PixelFormat::rgb24});
        }
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(All, Rotation, testing::ValuesIn(turns()));

TEST(StreamSource, KeepsAVariableFrameRate) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    ClipOptions options;
    options.codec = "libx264";
    options.times_ms = {0, 40, 50, 200, 1200, 1201, 5000};
    options.frames = 7;
    for (const auto* name : {"v.mp4", "v.mkv"}) {
        write(dir / name, options);
        auto source = open(dir / name);
        ASSERT_TRUE(source);
        const Reading all = read_all(*source);
        ASSERT_EQ(all.frames.size(), 7U) << name;
        EXPECT_EQ(all.damage, "") << name;
        for (std::size_t i = 0; i < 7; ++i) {
            EXPECT_NEAR(seconds(all.frames[i].pts), options.times_ms[i] / 1000.0, 0.0011) << name;
        }
    }
}

TEST(StreamSource, TellsTimeByTheFilesOwnClock) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    ClipOptions options;
    options.codec = "libx264";
    options.times_ms = {60000, 60040, 60080};
    options.frames = 3;
    write(dir / "late.mkv", options);
    auto source = open(dir / "late.mkv");
    ASSERT_TRUE(source);
    const Reading all = read_all(*source);
    ASSERT_EQ(all.frames.size(), 3U);
    EXPECT_EQ(source->info().start, 60s);
    EXPECT_EQ(all.frames[0].pts, 60s);
    EXPECT_EQ(all.frames[2].pts, 60080ms);
}

TEST(StreamSource, TellsTheShapeOfPixelsAndTheStartOfTheSharedCases) {
    SACCADE_NEEDS_SHARED("cases/video/sar-4-3.mp4");
    const auto folder = test::shared_dir() / "cases/video";
    auto wide = open(folder / "sar-4-3.mp4");
    ASSERT_TRUE(wide);
    EXPECT_EQ(wide->info().pixel_aspect, (PixelAspect{4, 3}));
    EXPECT_EQ(wide->info().width * 4 * 9, wide->info().height * 3 * 16) << "16:9 as shown";
    auto late = open(folder / "starts-at-2s.mp4");
    ASSERT_TRUE(late);
    EXPECT_EQ(late->info().start, 2s);
    EXPECT_EQ(read_all(*late).frames.at(0).pts, 2s);
}

TEST(StreamSource, TurnsTheShapeOfPixelsWithThePicture) {
    const TempDir dir;
    for (const auto& [rotation, expected] :
         {std::pair{0, PixelAspect{4, 3}}, {90, PixelAspect{3, 4}}, {180, PixelAspect{4, 3}}}) {
        ClipOptions options;
        options.rotation = rotation;
        options.options = {{"aspect", "4:3"}};
        write(dir / "a.mp4", options);
        auto source = open(dir / "a.mp4");
        ASSERT_TRUE(source);
        EXPECT_EQ(source->info().pixel_aspect, expected) << rotation;
    }
}

TEST(StreamSource, FillsMissingTimestampsFromTheFrameRate) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    ClipOptions options;
    options.codec = "libx264", options.frame_rate = 50, options.frames = 20;
    write(dir / "raw.h264", options);  // an elementary stream carries no time
    auto source = open(dir / "raw.h264");
    ASSERT_TRUE(source);
    const Reading all = read_all(*source);
    ASSERT_EQ(all.frames.size(), 20U);
    for (std::size_t i = 0; i < 20; ++i) {
        EXPECT_NEAR(seconds(all.frames[i].pts), static_cast<double>(i) / 50, 1e-6);
    }
}

TEST(StreamSource, TellsOfASizeChangeBeforeTheFirstFrameOfTheNewSize) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    ClipOptions options;
    options.codec = "libx264";
    write(dir / "a.ts", options);
    options.width = 96, options.height = 64;
    write(dir / "b.ts", options);
    test::write_file(dir / "ab.ts", test::read_file(dir / "a.ts") + test::read_file(dir / "b.ts"));
    auto source = open(dir / "ab.ts");
    ASSERT_TRUE(source);
    EXPECT_EQ(source->info().width, 64);
    int frames = 0, changes = 0;
    Timestamp latest{-1};
    for (;;) {
        auto event = source->read();
        ASSERT_TRUE(event);
        if (std::holds_alternative<End>(*event)) break;
        if (const auto* change = std::get_if<FormatChanged>(&*event)) {
            ++changes;
            EXPECT_EQ(frames, 10);
            EXPECT_EQ(change->info.width, 96);
            EXPECT_EQ(source->info().width, 96);
        }
        if (const auto* frame = std::get_if<Frame>(&*event)) {
            EXPECT_EQ(frame->width, frames < 10 ? 64 : 96);
            EXPECT_GT(frame->pts, latest) << "the clock goes on where the second file restarts it";
            latest = frame->pts;
            ++frames;
        }
    }
    EXPECT_EQ(frames, 20);
    EXPECT_EQ(changes, 1);
}

TEST(StreamSource, KeepsAHundredFramesAliveBeyondItself) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    ClipOptions options;
    options.codec = "libx264", options.frames = 100;
    write(dir / "long.mp4", options);
    auto source = open(dir / "long.mp4");
    ASSERT_TRUE(source);
    const Reading all = read_all(*source);
    source.reset();
    ASSERT_EQ(all.frames.size(), 100U);
    for (int i = 0; i < 100; ++i) expect_quadrants(all.frames[static_cast<std::size_t>(i)], i, 14);
}

TEST(StreamSource, DecodesARealClipWhole) {
    SACCADE_NEEDS_SHARED("video/people_1080p30.mp4");
    auto source = open(test::shared_dir() / "video/people_1080p30.mp4");
    ASSERT_TRUE(source);
    EXPECT_EQ(source->info().frame_count, 302U);
    EXPECT_EQ(source->info().color.matrix, ColorMatrix::bt709) << "untagged HD";
    std::uint64_t frames = 0;
    Timestamp last{0};
    for (;;) {
        auto event = source->read();
        ASSERT_TRUE(event);
        if (const auto* end = std::get_if<End>(&*event)) {
            EXPECT_EQ(end->damage, "");
            break;
        }
        ASSERT_TRUE(std::holds_alternative<Frame>(*event));
        last = std::get<Frame>(*event).pts;
        ++frames;
    }
    EXPECT_EQ(frames, 302U);
    EXPECT_NEAR(seconds(last), 301 / 30.0, 1e-3);
}

}  // namespace
}  // namespace saccade::media
