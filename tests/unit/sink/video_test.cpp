// The annotated video: what is drawn, and that it plays.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <utility>
#include <variant>

#include "contract/sink/scene.h"
#include "media/source.h"
#include "sink/overlay.h"
#include "support/drawn_scene.h"
#include "support/fake_painter.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

FrameResult person(std::uint64_t index, int width, int height, Box box) {
    FrameResult result;
    result.id.index = index;
    result.pts = Timestamp(static_cast<std::int64_t>(index) * 40'000'000);
    result.width = width;
    result.height = height;
    result.tracks = {{.id = 12, .box = box, .raw_box = box, .score = 0.87F}};
    return result;
}

// As ffmpeg's outputs do: a player would show nothing until a clock that starts at hours comes
// round.
TEST(Video, BeginsWithItsFirstFrameAndKeepsTheShapeOfPixels) {
    test::TempDir dir;
    SinkOptions options = test::scene_options(dir.path());
    options.open_encoder = {};
    auto sink = make_sink("video", options);
    ASSERT_TRUE(sink);
    Context context = test::scene_context();
    context.frame_rate = 25;
    context.pixel_aspect = {4, 3};
    ASSERT_TRUE((*sink)->begin(context));
    for (std::uint64_t i = 0; i < 5; ++i) {
        FrameResult result = person(i, 64, 48, {10, 8, 20, 20});
        result.pts += std::chrono::hours(26);
        ASSERT_TRUE((*sink)->write(result, test::scene_frame(result)));
    }
    ASSERT_TRUE((*sink)->finish(Outcome::complete));
    auto source = media::open_source((*sink)->path(), {});
    ASSERT_TRUE(source) << source.error().line();
    EXPECT_EQ((*source)->info().pixel_aspect, (media::PixelAspect{4, 3}));
    EXPECT_EQ((*source)->info().start, Timestamp{0});
    for (std::uint64_t i = 0; i < 5; ++i) {
        const auto event = (*source)->read();
        ASSERT_TRUE(event && std::holds_alternative<Frame>(*event)) << i;
        EXPECT_NEAR(seconds(std::get<Frame>(*event).pts), 0.04 * static_cast<double>(i), 1e-3);
    }
}

TEST(Video, IsReadBackWithTheSameFramesTimesAndBoxes) {
    test::TempDir dir;
    SinkOptions options = test::scene_options(dir.path());
    options.open_encoder = {};
    options.encoder.crf = 10;
    auto sink = make_sink("video", options);
    ASSERT_TRUE(sink);
    Context context = test::scene_context();
    context.width = 321;  // odd on purpose
    context.height = 241;
    context.frame_rate = 25;
    ASSERT_TRUE((*sink)->begin(context));
    for (std::uint64_t i = 0; i < 12; ++i) {
        const FrameResult result = person(i, 321, 241, {100, 80, 200, 200});
        ASSERT_TRUE((*sink)->write(result, test::scene_frame(result, 321, 241)));
    }
    ASSERT_TRUE((*sink)->finish(Outcome::complete));

    auto source = media::open_source((*sink)->path(), {});
    ASSERT_TRUE(source) << source.error().line();
    for (std::uint64_t i = 0; i < 12; ++i) {
        const auto event = (*source)->read();
        ASSERT_TRUE(event && std::holds_alternative<Frame>(*event)) << i;
        const Frame& frame = std::get<Frame>(*event);
        EXPECT_NEAR(seconds(frame.pts), 0.04 * static_cast<double>(i), 1e-3);
        EXPECT_LE(std::abs(frame.width - 321), 1);
        const auto luma = [&](int x, int y) {
            return static_cast<int>(frame.planes[0].data[y * frame.planes[0].stride + x]);
        };
        const int drawn = to_yuv(color_of(12), frame.color)[0];
        EXPECT_NEAR(luma(100, 150), drawn, 25);  // left edge of the box
        EXPECT_NEAR(luma(50, 220), 128, 4);      // untouched
    }
    const auto end = (*source)->read();
    EXPECT_TRUE(end && std::holds_alternative<media::End>(*end));
}

TEST(Video, WithoutAFrameItStillOpensAsMp4) {
    test::TempDir dir;
    SinkOptions options = test::scene_options(dir.path());
    options.open_encoder = {};
    auto sink = make_sink("video", options);
    ASSERT_TRUE(test::run_scene(**sink, 0, Outcome::complete));
    const std::string bytes = test::read_file((*sink)->path());
    EXPECT_EQ(bytes.substr(4, 4), "ftyp");
    EXPECT_NE(bytes.find("moov"), std::string::npos);
}

TEST(Video, ASizeThatChangesOnTheWayIsScaledToTheFirst) {
    test::TempDir dir;
    auto sink = make_sink("video", test::scene_options(dir.path()));
    ASSERT_TRUE((*sink)->begin(test::scene_context()));
    const FrameResult small = person(0, 200, 160, {0, 0, 0, 0});
    const FrameResult large = person(1, 400, 320, {200, 160, 400, 320});
    ASSERT_TRUE((*sink)->write(small, test::scene_frame(small, 200, 160)));
    ASSERT_TRUE((*sink)->write(large, test::scene_frame(large, 400, 320)));
    ASSERT_TRUE((*sink)->finish(Outcome::complete));
    const std::string bytes = test::read_file((*sink)->path());
    ASSERT_EQ(bytes.size(), 4U + 2 * 200 * 160);
    const auto luma = [&](int x, int y) {
        return static_cast<unsigned char>(
            bytes[static_cast<std::size_t>(4 + 200 * 160 + y * 200 + x)]);
    };
    const int drawn = to_yuv(color_of(12), {})[0];
    EXPECT_EQ(luma(100, 120), drawn);
    EXPECT_EQ(luma(199, 120), drawn);
    EXPECT_EQ(luma(130, 145), 128);  // inside, beside the trail
}

TEST(Video, TheCallersFrameIsNotDrawnOn) {
    test::TempDir dir;
    auto sink = make_sink("video", test::scene_options(dir.path()));
    ASSERT_TRUE((*sink)->begin(test::scene_context()));
    const FrameResult result = person(0, 64, 48, {0, 0, 64, 48});
    const Frame frame = test::scene_frame(result);
    ASSERT_TRUE((*sink)->write(result, frame));
    for (int i = 0; i < 64 * 48; ++i) ASSERT_EQ(frame.planes[0].data[i], 128);
}

/// In device memory, as the fake painter takes it.
Frame there(Frame frame, int device = 0) {
    frame.memory = MemoryKind::cuda;
    frame.device = device;
    return frame;
}

SinkOptions with_fake_painter(const std::filesystem::path& folder) {
    SinkOptions options = test::scene_options(folder);
    options.open_painter = [](int device) -> Result<std::unique_ptr<DevicePainter>> {
        return std::make_unique<test::FakePainter>(device);
    };
    return options;
}

/// The file of six frames, of which `change` may make something else.
std::string written(SinkOptions options, const std::function<Frame(Frame, int)>& change) {
    auto sink = make_sink("video", options);
    EXPECT_TRUE((*sink)->begin(test::scene_context()));
    for (int i = 0; i < 6; ++i) {
        const FrameResult result = person(static_cast<std::uint64_t>(i), 64, 48,
                                          {10.0F + 4.0F * static_cast<float>(i), 8, 30, 40});
        Frame frame = test::noisy_frame(i == 4 ? PixelFormat::p010 : PixelFormat::nv12, 64, 48, 1);
        frame.pts = result.pts;
        const auto done = (*sink)->write(result, change(frame, i));
        EXPECT_TRUE(done) << done.error().line();
    }
    const auto done = (*sink)->finish(Outcome::complete);
    EXPECT_TRUE(done) << done.error().line();
    return test::read_file((*sink)->path());
}

TEST(Video, WhatIsDrawnOnTheDeviceIsTheSameFile) {
    test::TempDir one, two, three;
    const auto options = [](const test::TempDir& dir) {
        SinkOptions real = with_fake_painter(dir.path());
        real.open_encoder = {};  // x264
        return real;
    };
    const auto here = written(options(one), [](Frame frame, int) { return frame; });
    EXPECT_EQ(here, written(options(two), [](Frame frame, int) { return there(frame); }));
    // A camera that comes back may be decoded elsewhere.
    EXPECT_EQ(here, written(options(three), [](Frame frame, int i) {
                  return i % 3 == 1 ? frame : there(frame, i / 3);
              }));
}

TEST(Video, AnotherSizeOfTheDeviceIsScaledToTheFirst) {
    test::TempDir dir;
    auto sink = make_sink("video", with_fake_painter(dir.path()));
    ASSERT_TRUE((*sink)->begin(test::scene_context()));
    ASSERT_TRUE((*sink)->write(person(0, 64, 48, {}),
                               there(test::noisy_frame(PixelFormat::nv12, 64, 48, 1))));
    // (It would be fetched from the device, of which there is none here.)
    const auto done = (*sink)->write(person(1, 32, 24, {}),
                                     there(test::noisy_frame(PixelFormat::nv12, 32, 24, 1)));
    EXPECT_FALSE(done);
}

/// An encoder on a GPU that is none: takes pictures of the device alone, and keeps their luma.
class DeviceEncoder final : public media::Encoder {
  public:
    explicit DeviceEncoder(const media::EncoderOptions& options, std::string& taken)
        : options_(options), taken_(taken) {}
    Result<void> write(const Frame& frame) override {
        const bool mine =
            frame.memory == MemoryKind::cuda && frame.device == options_.device &&
            frame.format == PixelFormat::nv12 && frame.owner != nullptr &&
            frame.planes[1].data == frame.planes[0].data + frame.planes[0].stride * frame.height;
        if (!mine) return fail(ErrorCode::invalid_argument, "not a picture of the device");
        for (int y = 0; y < frame.height; ++y) {
            taken_.append(
                reinterpret_cast<const char*>(frame.planes[0].data + y * frame.planes[0].stride),
                static_cast<std::size_t>(frame.width));
        }
        return {};
    }
    Result<void> finish() override { return {}; }

  private:
    media::EncoderOptions options_;
    std::string& taken_;
};

TEST(Video, AnEncoderOfTheDeviceGetsItsPicturesThere) {
    if (!media::find_encoder({.name = "h264_nvenc"})) GTEST_SKIP() << "this FFmpeg has no NVENC";
    std::string taken;
    const auto options = [&](const test::TempDir& dir) {
        SinkOptions faked = with_fake_painter(dir.path());
        faked.encoder.name = "h264_nvenc";
        faked.open_encoder =
            [&](const std::filesystem::path&,
                const media::EncoderOptions& asked) -> Result<std::unique_ptr<media::Encoder>> {
            EXPECT_EQ(asked.device, 0);
            EXPECT_EQ(asked.format, PixelFormat::nv12);
            return std::make_unique<DeviceEncoder>(asked, taken);
        };
        return faked;
    };
    test::TempDir one, two, raw;
    written(options(one), [](Frame frame, int) { return there(frame); });
    const std::string all_there = std::exchange(taken, {});
    EXPECT_EQ(all_there, written(test::scene_options(raw.path()), [](Frame frame, int) {
                             return frame;
                         }).substr(4));  // behind the raw encoder's mark
    // What comes on the host on the way is brought there.
    written(options(two), [](Frame frame, int i) { return i == 2 ? frame : there(frame); });
    EXPECT_EQ(taken, all_there);
}

TEST(Overlay, TrackStatesChooseWhatIsDrawn) {
    const auto drawn = [](const FrameResult& result, bool include_lost) {
        test::TempDir dir;
        SinkOptions options = test::scene_options(dir.path());
        options.include_lost = include_lost;
        auto sink = make_sink("video", options);
        EXPECT_TRUE((*sink)->begin(test::scene_context()));
        EXPECT_TRUE((*sink)->write(result, test::scene_frame(result)));
        EXPECT_TRUE((*sink)->finish(Outcome::complete));
        return test::read_file((*sink)->path()).find_first_not_of('\x80', 4) != std::string::npos;
    };
    FrameResult result = person(0, 64, 48, {10, 10, 40, 40});
    EXPECT_TRUE(drawn(result, false));
    result.tracks[0].state = TrackState::lost;
    EXPECT_FALSE(drawn(result, false));
    EXPECT_TRUE(drawn(result, true));
    result.tracks[0].state = TrackState::tentative;
    EXPECT_FALSE(drawn(result, true));
    result.tracks[0] = {.id = 1, .box = {70, 10, 90, 40}};  // beyond the right edge
    EXPECT_FALSE(drawn(result, false));
}

}  // namespace
}  // namespace saccade::sink
