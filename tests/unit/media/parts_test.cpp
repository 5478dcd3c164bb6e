// One stream decoded in parts, by several decoders at once: the same frames as from one, bit for
// bit.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/host_frame.h"
#include "support/stream_reading.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using test::ClipOptions;
using test::TempDir;

using test::Lane;
using test::read_lane;
using Reading = test::StreamReading;

Reading read(const std::string& path, std::size_t decoders, const SourceOptions& options = {}) {
    Reading all = test::read_stream(path, decoders, options);
    EXPECT_EQ(all.refused, "");
    return all;
}

struct Case {
    const char* name;
    const char* encoder;
    const char* file;
    std::vector<std::pair<std::string, std::string>> options;
    int gop = 25;
    bool cut = true;  ///< whether there are parts
    std::vector<std::int64_t> times_ms = {};
    int frames = 400;
    int width = 64;  ///< px, 4:3
};

void PrintTo(const Case& c, std::ostream* out) {
    *out << c.name;
}

std::vector<std::int64_t> uneven_times() {
    std::vector<std::int64_t> times;
    for (std::int64_t t = 500, i = 0; i < 400; ++i) times.push_back(t += 20 + i % 7 * 9);
    return times;
}

std::vector<Case> cases() {
    return {
        {"h264", "libx264", "x.mp4", {}},
        {"h264_all_b",
         "libx264",
         "x.mp4",
         {{"x264-params", "bframes=8:b-pyramid=normal:b-adapt=0"}}},
        {"h264_no_b", "libx264", "x.mp4", {{"x264-params", "bframes=0"}}},
        // Its I pictures but the first are recovery points, which containers flag as keys.
        {"h264_open", "libx264", "x.mkv", {{"x264-params", "open-gop=1:bframes=3"}}, 25, false},
        {"h264_intra_refresh", "libx264", "x.ts", {{"x264-params", "intra-refresh=1"}}},
        {"h264_one_key", "libx264", "x.mp4", {{"x264-params", "scenecut=0"}}, 100'000, false},
        {"h264_ts", "libx264", "x.ts", {}},
        {"h264_avi", "libx264", "x.avi", {{"x264-params", "bframes=0"}}, 25, false},
        {"h264_uneven", "libx264", "x.mkv", {}, 25, true, uneven_times()},
        {"h264_fragments", "libx264", "x.mp4", {{"movflags", "frag_keyframe+empty_moov"}}},
        {"h264_tiny_gop", "libx264", "x.mp4", {}, 3},
        {"hevc", "libx265", "x.mp4", {{"x265-params", "open-gop=0:log-level=none"}}},
        {"hevc_open", "libx265", "x.mp4", {{"x265-params", "open-gop=1:bframes=4:log-level=none"}}},
        {"hevc_radl",
         "libx265",
         "x.mkv",
         {{"x265-params", "open-gop=0:radl=2:bframes=4:log-level=none"}}},
        // Each field a picture; behind a CRA the second of the two leads or trails it.
        {"hevc_fields",
         "libx265",
         "x.mkv",
         {{"x265-params", "interlace=tff:open-gop=1:bframes=4:log-level=none"}}},
        {"hevc_ts", "libx265", "x.ts", {{"x265-params", "open-gop=1:bframes=4:log-level=none"}}},
        {"vp8", "libvpx", "x.webm", {{"deadline", "realtime"}}},
        {"vp9", "libvpx-vp9", "x.webm", {{"deadline", "realtime"}, {"cpu-used", "8"}}},
        {"vp9_hidden",
         "libvpx-vp9",
         "x.webm",
         {{"auto-alt-ref", "1"}, {"lag-in-frames", "16"}, {"cpu-used", "5"}}},
        {"av1",
         "libaom-av1",
         "x.mp4",
         {{"cpu-used", "8"}, {"usage", "realtime"}},
         25,
         true,
         {},
         150},
        {"mjpeg", "mjpeg", "x.avi", {}},
        {"mjpeg_mkv", "mjpeg", "x.mkv", {}},
        {"mpeg4", "mpeg4", "x.mp4", {}, 25, false},
        {"mpeg2", "mpeg2video", "x.ts", {}, 25, false},
    };
}

void together_are_the_whole(const Case& c, int cuda_device) {
    const TempDir dir;
    ClipOptions options{.codec = c.encoder,
                        .width = c.width,
                        .height = 3 * c.width / 4,
                        .frames = c.frames,
                        .times_ms = c.times_ms,
                        .gop = c.gop,
                        .options = c.options};
    if (options.codec == "mjpeg") options.full_range = true;
    const auto path = dir / c.file;
    const auto written = test::write_clip(path, options);
    ASSERT_TRUE(written) << written.error().line();
    const Reading whole =
        read(path.string(), 1, {.cuda_device = cuda_device, .decoder_threads = 1});
    ASSERT_EQ(whole.frames.size(), static_cast<std::size_t>(c.frames));
    EXPECT_EQ(whole.decoders, 1U);
    for (const std::size_t decoders : {2U, 5U}) {
        const Reading parts =
            read(path.string(), decoders, {.cuda_device = cuda_device, .decoder_threads = 2});
        EXPECT_EQ(parts.parts > 1, c.cut);
        EXPECT_FALSE(parts.again);
        EXPECT_EQ(parts.indices, whole.indices);
        EXPECT_EQ(*parts.indices.rbegin(), whole.frames.size() - 1);
        EXPECT_THAT(parts.errors, testing::IsEmpty());
        EXPECT_EQ(parts.ends, (std::set<std::string>{""}));
        EXPECT_THAT(parts.gaps, testing::IsEmpty());
        ASSERT_EQ(parts.frames.size(), whole.frames.size());
        for (std::size_t i = 0; i < whole.frames.size(); ++i) {
            ASSERT_EQ(parts.frames[i], whole.frames[i])
                << decoders << " decoders, " << parts.parts << " parts";
        }
    }
}

class Parts : public testing::TestWithParam<Case> {};

TEST_P(Parts, TogetherAreTheWhole) {
    SACCADE_NEEDS_ENCODER(GetParam().encoder);
    together_are_the_whole(GetParam(), -1);
}

/// By NVDEC, which knows no pictures as small as the other ones.
class PartsOnTheGpu : public testing::TestWithParam<Case> {};

TEST_P(PartsOnTheGpu, TogetherAreTheWhole) {
    SACCADE_NEEDS_ENCODER(GetParam().encoder);
    SACCADE_NEEDS_GPU();
    Case c = GetParam();
    c.width = 320;
    together_are_the_whole(c, 0);
}

/// 400 pictures of 64x48, a key every 25.
std::string clip(const TempDir& dir, const std::string& name, int width = 64) {
    const auto path = dir / name;
    const auto written =
        test::write_clip(path, {.codec = "libx264", .width = width, .frames = 400, .gop = 25});
    EXPECT_TRUE(written) << written.error().line();
    return path.string();
}

TEST(PartsOfOddFiles, AClockThatIsSetBackIsOneFromThereOn) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    const std::string once = test::read_file(clip(dir, "x.ts"));
    const std::string path = (dir / "twice.ts").string();
    test::write_file(path, once + once);
    const Reading whole = read(path, 1), parts = read(path, 3);
    EXPECT_EQ(parts.frames, whole.frames);
    EXPECT_GT(parts.parts, 3U);
    EXPECT_LT(parts.parts, 9U);
}

TEST(PartsOfOddFiles, ASizeThatChangesComesWithItsFrames) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    const std::string path = (dir / "both.h264").string();
    test::write_file(
        path, test::read_file(clip(dir, "a.h264")) + test::read_file(clip(dir, "b.h264", 96)));
    const Reading whole = read(path, 1), parts = read(path, 3);
    EXPECT_EQ(parts.frames, whole.frames);
}

TEST(PartsOfOddFiles, TimestampsYearsAwayAreTheSame) {
    SACCADE_NEEDS_ENCODER("libx264");
    constexpr std::int64_t years = std::int64_t{1000} * 86'400 * 800;  // ms
    const TempDir dir;
    for (const std::size_t far : {100U, 250U}) {
        std::vector<std::int64_t> times = uneven_times();
        for (std::size_t i = far; i < times.size(); ++i) times[i] += years;
        const std::string path = (dir / "far.mkv").string();
        ASSERT_TRUE(test::write_clip(
            path, {.codec = "libx264", .frames = 400, .times_ms = times, .gop = 25}));
        const Reading whole = read(path, 1), parts = read(path, 3);
        EXPECT_EQ(whole.frames.size(), 400U);
        EXPECT_EQ(parts.frames, whole.frames);
        EXPECT_EQ(parts.ends, whole.ends);
    }
}

/// One decoder then throws pictures away that it has not shown yet.
TEST(PartsOfOddFiles, PicturesThatAreDroppedAtAnEntryPointAreTheSame) {
    SACCADE_NEEDS_ENCODER("libx265");
    const TempDir dir;
    const std::string path = (dir / "x.mp4").string();
    ASSERT_TRUE(test::write_clip(
        path, {.codec = "libx265",
               .frames = 400,
               .gop = 25,
               .options = {{"x265-params",
                            "open-gop=0:bframes=4:repeat-headers=0:info=0:log-level=none"}}}));
    std::string bytes = test::read_file(path);
    int flags = 0;
    for (std::size_t i = 4; i + 2 < bytes.size(); ++i) {
        const bool idr =
            (bytes[i] == 0x26 || bytes[i] == 0x28) && bytes[i + 1] == 1 && bytes[i - 4] == 0;
        const auto first = static_cast<unsigned char>(bytes[i + 2]);
        if (!idr || (first & 0xC0U) != 0x80U)
            continue;  // first_slice_segment_in_pic_flag, the flag meant
        bytes[i + 2] = static_cast<char>(first | 0x40U);
        ++flags;
    }
    EXPECT_GE(flags, 15);
    test::write_file(path, bytes);
    const Reading whole = read(path, 1, {.decoder_threads = 1});
    for (const std::size_t decoders : {1U, 3U, 7U}) {
        const Reading parts = read(path, decoders, {.decoder_threads = 3});
        EXPECT_EQ(parts.frames, whole.frames);
        EXPECT_EQ(parts.ends, whole.ends);
    }
}

TEST(PartsOfOddFiles, DamageIsToldAndSparesTheOtherParts) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    const auto noise = [](test::Canvas& canvas, int index) {
        std::minstd_rand random(static_cast<unsigned>(index + 1));
        for (test::Rgb& pixel : canvas.pixels) {
            const auto level = static_cast<std::uint8_t>(random() % 256);
            pixel = {level, level, level};
        }
    };
    const std::string good = (dir / "x.mp4").string();
    ASSERT_TRUE(
        test::write_clip(good, {.codec = "libx264", .frames = 400, .gop = 25, .draw = noise}));
    std::string bytes = test::read_file(good);
    for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 3000; ++i) {
        bytes[i] = static_cast<char>(i * 37);
    }
    const std::string path = (dir / "bad.mp4").string();
    test::write_file(path, bytes);
    const Reading whole = read(path, 1), parts = read(path, 3), healthy = read(good, 1);
    EXPECT_EQ(parts.errors.size(), whole.errors.size());
    EXPECT_EQ(parts.ends, whole.ends) << "all tell the same";
    EXPECT_EQ(parts.frames, whole.frames);
    EXPECT_TRUE(parts.again);
    EXPECT_FALSE(parts.ends.begin()->empty());
    std::size_t same = 0;
    for (std::size_t i = 0; i < std::min(parts.frames.size(), healthy.frames.size()); ++i) {
        same += parts.frames[i] == healthy.frames[i] ? 1U : 0U;
    }
    EXPECT_GT(same, 100U);
}

TEST(PartsOfOddFiles, EveryTruncationEndsInWords) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    const std::string bytes = test::read_file(clip(dir, "x.ts"));
    for (int i = 1; i < 12; ++i) {
        const std::string path = (dir / "cut.ts").string();
        test::write_file(path, bytes.substr(0, bytes.size() * static_cast<std::size_t>(i) / 12));
        const Reading whole = read(path, 1), parts = read(path, 4);
        EXPECT_EQ(parts.frames.size(), whole.frames.size()) << i;
        EXPECT_EQ(parts.ends, whole.ends) << i;
    }
}

TEST(PartsOfOddFiles, MutantsNeverCrashOrHang) {
    SACCADE_NEEDS_ENCODER("libx264");
    constexpr int mutants = 20;  // of each file
    const TempDir dir;
    std::minstd_rand random(7);
    for (const char* name : {"x.mp4", "x.ts", "x.mkv", "x.h264"}) {
        const std::string whole = test::read_file(clip(dir, name));
        for (int i = 0; i < mutants; ++i) {
            std::string bytes = whole;
            for (int n = 0; n < 30; ++n)
                bytes[random() % bytes.size()] = static_cast<char>(random());
            if (i % 4 == 0) bytes.resize(random() % bytes.size() + 1);
            const std::string path = (dir / "mutant").string();
            test::write_file(path, bytes);
            auto sources = open_sources(path, {.decoder_threads = 1}, 3);
            if (!sources) {
                EXPECT_FALSE(sources.error().message.empty());
                continue;
            }
            std::vector<Lane> lanes(sources->size());
            std::vector<std::jthread> threads;
            for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
                threads.emplace_back([&, lane] { lanes[lane] = read_lane(*(*sources)[lane]); });
            }
            threads.clear();
            for (const Lane& lane : lanes) EXPECT_EQ(lane.end, lanes[0].end) << name << " " << i;
        }
    }
}

TEST(PartsOfOddFiles, WhatCanNotBeCutHasOneDecoder) {
    const TempDir dir;
    ASSERT_TRUE(test::write_image(dir / "a.png", test::Canvas(64, 48)));
    for (const std::string& location : {(dir / "a.png").string(), dir.path().string(),
                                        std::string("synthetic:frames=10&width=160&height=160")}) {
        const auto sources = open_sources(location, {}, 4);
        ASSERT_TRUE(sources) << sources.error().line();
        EXPECT_EQ(sources->size(), 1U);
        EXPECT_EQ(sources->front()->info().decoders, 1U);
    }
    EXPECT_FALSE(open_sources((dir / "none.mp4").string(), {}, 4));
}

TEST(PartsOfOddFiles, APartsEndIsToldBeforeAnythingIsWaitedFor) {
    SACCADE_NEEDS_ENCODER("libx264");
    const TempDir dir;
    const auto sources = open_sources(clip(dir, "x.mp4"), {}, 4);
    ASSERT_TRUE(sources);
    for (int frames = 0;;) {
        const auto event = sources->front()->read();
        ASSERT_TRUE(event);
        if (std::holds_alternative<PartEnds>(*event)) {
            EXPECT_GE(frames, 64);
            break;
        }
        if (std::holds_alternative<Frame>(*event)) ++frames;
    }
}

class PartsStop : public testing::Test {
  protected:
    void SetUp() override {
        SACCADE_NEEDS_ENCODER("libx264");
        auto sources = open_sources(clip(dir_, "x.mp4"), {.stop = stop_.get_token()}, 3);
        ASSERT_TRUE(sources);
        ASSERT_EQ(sources->size(), 3U);
        sources_ = std::move(*sources);
        EXPECT_EQ(sources_[2]->info().decoders, 3U);
    }
    /// All but the first are read to their ends, which need the first.
    std::vector<Lane> read_others(const std::function<void()>& meanwhile) {
        std::vector<Lane> lanes(2);
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < 2; ++i) {
            threads.emplace_back([&, i] { lanes[i] = read_lane(*sources_[i + 1]); });
        }
        meanwhile();
        threads.clear();
        return lanes;
    }
    const TempDir dir_;
    std::stop_source stop_;
    std::vector<std::unique_ptr<Source>> sources_;
};

TEST_F(PartsStop, InterruptingOneEndsAll) {
    for (const Lane& lane : read_others([&] { sources_[0]->interrupt(); })) {
        ASSERT_EQ(lane.errors.size(), 1U);
        EXPECT_EQ(lane.errors[0].code, ErrorCode::interrupted);
    }
    EXPECT_FALSE(sources_[0]->read());
    const auto event = sources_[0]->read();
    ASSERT_TRUE(event);
    EXPECT_TRUE(std::holds_alternative<End>(*event));
}

TEST_F(PartsStop, SoDoesTheTokenOfTheOptions) {
    for (const Lane& lane : read_others([&] { stop_.request_stop(); }))
        EXPECT_EQ(lane.errors.size(), 1U);
}

TEST_F(PartsStop, SoDoesDroppingOne) {
    for (const Lane& lane : read_others([&] { sources_[0].reset(); }))
        EXPECT_EQ(lane.errors.size(), 1U);
}

std::vector<Case> nvdec_cases() {
    std::vector<Case> chosen;
    for (const Case& c : cases()) {
        const std::string_view codec(c.encoder);
        if (codec == "libx264" || codec == "libx265" || codec == "libvpx-vp9") chosen.push_back(c);
    }
    return chosen;
}

INSTANTIATE_TEST_SUITE_P(All, Parts, testing::ValuesIn(cases()),
                         [](const auto& test) { return std::string(test.param.name); });
INSTANTIATE_TEST_SUITE_P(All, PartsOnTheGpu, testing::ValuesIn(nvdec_cases()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace saccade::media
