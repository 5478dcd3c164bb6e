// What every Source promises, whatever is behind it. A new one is a line in implementations().
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

#include "media/live_source.h"
#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/host_frame.h"
#include "support/pipe_input.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;
using test::read_all;
using test::Reading;

constexpr int frame_count = 12;

/// What an implementation needs while it is read: files, a pipe.
struct Stage {
    test::TempDir dir;
    std::unique_ptr<test::StdinPipe> input;
};

struct Implementation {
    const char* name;
    const char* encoder;  // "" if it needs none
    /// Prepares a stream of frame_count frames; returns its location.
    std::function<std::string(Stage&)> prepare;
    bool on_gpu = false;  ///< decoded by NVDEC on the first GPU
    bool live = false;    ///< as a camera's one connection
};

void PrintTo(const Implementation& i, std::ostream* out) {
    *out << i.name;
}

/// `width` by three quarters of it: NVDEC knows no HEVC or VP9 of less than 144 px, or 128.
std::string clip(Stage& stage, const std::string& name, const std::string& codec, int width = 64) {
    test::ClipOptions options;
    options.codec = codec, options.frames = frame_count;
    options.width = width, options.height = 3 * width / 4;
    EXPECT_TRUE(test::write_clip(stage.dir / name, options));
    return (stage.dir / name).string();
}

std::string images(Stage& stage) {
    for (int i = 0; i < frame_count; ++i) {
        test::Canvas canvas(64, 48);
        test::draw_quadrants(canvas, i);
        EXPECT_TRUE(test::write_image(stage.dir / fmt::format("{}.png", i), canvas));
    }
    return stage.dir.path().string();
}

std::string standard_input(Stage& stage) {
    const std::string path = clip(stage, "in.avi", "mpeg4");
    stage.input = std::make_unique<test::StdinPipe>(test::read_file(path));
    return "-";
}

std::vector<Implementation> implementations() {
    return {
        {"file_h264", "libx264", [](Stage& s) { return clip(s, "x.mp4", "libx264"); }},
        {"file_mpeg4", "mpeg4", [](Stage& s) { return clip(s, "x.avi", "mpeg4"); }},
        {"file_vp9", "libvpx-vp9", [](Stage& s) { return clip(s, "x.webm", "libvpx-vp9"); }},
        {"nvdec_h264", "libx264", [](Stage& s) { return clip(s, "x.mp4", "libx264", 320); }, true},
        {"nvdec_hevc", "libx265", [](Stage& s) { return clip(s, "x.mp4", "libx265", 320); }, true},
        {"nvdec_vp9", "libvpx-vp9", [](Stage& s) { return clip(s, "x.webm", "libvpx-vp9", 320); },
         true},
        {"live", "libx264", [](Stage& s) { return clip(s, "x.mp4", "libx264"); }, false, true},
        {"images", "png", images},
        {"pattern", "png", [](Stage& s) { return images(s) + "/*.png"; }},
        {"standard_input", "mpeg4", standard_input},
        {"synthetic", "",
         [](Stage&) {
             return fmt::format("synthetic:frames={}&width=320&height=240", frame_count);
         }},
    };
}

Result<std::unique_ptr<Source>> open_camera(const std::string& location,
                                            const SourceOptions& options) {
    static const SteadyClock clock;
    LiveOptions live;
    live.name = live.host = "camera";
    live.reconnect = 0ns;
    live.stop = options.stop;
    live.back_off = std::make_shared<BackOff>();
    live.status = std::make_shared<LiveStatus>();
    const auto opener = [=](const LiveAttempt& attempt) {
        SourceOptions connection = options;
        connection.stop = attempt.stop;
        return open_source(location, connection);
    };
    return open_live(opener, std::move(live), clock);
}

class SourceContract : public testing::TestWithParam<Implementation> {
  protected:
    void SetUp() override {
        if (*GetParam().encoder != '\0') SACCADE_NEEDS_ENCODER(GetParam().encoder);
        if (GetParam().on_gpu) SACCADE_NEEDS_GPU();
    }
    std::unique_ptr<Source> open(SourceOptions options = {}) {
        options.cuda_device = GetParam().on_gpu ? 0 : -1;
        stage_.input.reset();
        const std::string location = GetParam().prepare(stage_);
        auto source =
            GetParam().live ? open_camera(location, options) : open_source(location, options);
        EXPECT_TRUE(source) << source.error().line();
        return source ? std::move(*source) : nullptr;
    }
    Stage stage_;
};

TEST_P(SourceContract, KnowsItsStreamBeforeTheFirstFrame) {
    auto source = open();
    ASSERT_TRUE(source);
    const StreamInfo info = source->info();
    EXPECT_NE(info.name, "");
    EXPECT_NE(info.codec, "");
    EXPECT_NE(info.decoder, "");
    EXPECT_GT(info.frame_rate, 0);
    EXPECT_EQ(info.live, GetParam().live);
    EXPECT_EQ(info.frame_count.value_or(frame_count), frame_count);
    const auto event = source->read();
    ASSERT_TRUE(event);
    const auto* frame = std::get_if<Frame>(&*event);
    ASSERT_NE(frame, nullptr) << "no change of format before the first frame";
    EXPECT_EQ(frame->width, info.width);
    EXPECT_EQ(frame->height, info.height);
    EXPECT_EQ(frame->format, info.format);
    EXPECT_EQ(frame->color, info.color);
}

TEST_P(SourceContract, NumbersItsFramesAndNeverGoesBackInTime) {
    auto source = open({.stream = 5});
    ASSERT_TRUE(source);
    const Reading all = read_all(*source);
    EXPECT_THAT(all.errors, testing::IsEmpty());
    EXPECT_THAT(all.discontinuities, testing::IsEmpty());
    EXPECT_EQ(all.damage, "");
    ASSERT_EQ(all.frames.size(), std::size_t{frame_count});
    EXPECT_EQ(all.frames[0].pts, 0ns);
    for (std::size_t i = 0; i < all.frames.size(); ++i) {
        EXPECT_EQ(all.frames[i].id, (FrameId{5, i}));
        EXPECT_TRUE(i == 0 || all.frames[i].pts > all.frames[i - 1].pts) << i;
    }
    EXPECT_NEAR(seconds(all.frames.back().pts), (frame_count - 1) / source->info().frame_rate,
                0.5 / source->info().frame_rate);
}

TEST_P(SourceContract, RepeatsItsEnd) {
    auto source = open();
    ASSERT_TRUE(source);
    read_all(*source);
    for (int i = 0; i < 3; ++i) {
        const auto event = source->read();
        ASSERT_TRUE(event);
        EXPECT_TRUE(std::holds_alternative<End>(*event));
    }
}

TEST_P(SourceContract, ItsFramesOutliveIt) {
    auto source = open();
    ASSERT_TRUE(source);
    const Reading all = read_all(*source);
    auto again = open();
    ASSERT_TRUE(again);
    source.reset();
    for (const Frame& given : all.frames) {
        const auto event = again->read();
        ASSERT_TRUE(event);
        ASSERT_NE(given.owner, nullptr);
        EXPECT_EQ(given.memory, GetParam().on_gpu ? MemoryKind::cuda : MemoryKind::host);
        const Frame kept = test::on_host(given), fresh = test::on_host(std::get<Frame>(*event));
        int wrong = 0;
        std::string where;
        for (int y = 0; y < kept.height; y += 3) {
            for (int x = 0; x < kept.width; x += 3) {
                if (test::rgb_at(kept, x, y) == test::rgb_at(fresh, x, y)) continue;
                if (wrong++ == 0) where = fmt::format("{}, {}", x, y);
            }
        }
        EXPECT_EQ(wrong, 0) << "frame " << kept.id.index << ", first at " << where;
    }
}

TEST_P(SourceContract, GivesTheSameOnAnyThreadCount) {
    std::optional<Reading> first;
    for (const int threads : {1, 2, 4}) {
        auto source = open({.decoder_threads = threads});
        ASSERT_TRUE(source);
        Reading all = read_all(*source);
        if (!first) {
            first = std::move(all);
            continue;
        }
        ASSERT_EQ(all.frames.size(), first->frames.size());
        for (std::size_t i = 0; i < all.frames.size(); ++i) {
            const Frame a = test::on_host(all.frames[i]), b = test::on_host(first->frames[i]);
            EXPECT_EQ(a.pts, b.pts);
            int wrong = 0;
            for (int y = 0; y < a.height; ++y) {
                for (int x = 0; x < a.width; ++x) {
                    wrong += test::sample(a, 0, x, y) != test::sample(b, 0, x, y);
                }
            }
            EXPECT_EQ(wrong, 0) << threads << " threads, frame " << i;
        }
    }
}

TEST_P(SourceContract, StopsWhenInterrupted) {
    auto source = open();
    ASSERT_TRUE(source);
    ASSERT_TRUE(source->read());
    std::thread([&] { source->interrupt(); }).join();
    const auto stopped = source->read();
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
    EXPECT_NE(stopped.error().message, "");
    for (int i = 0; i < 2; ++i) {
        const auto event = source->read();
        ASSERT_TRUE(event) << "End follows an error";
        EXPECT_TRUE(std::holds_alternative<End>(*event));
    }
}

TEST_P(SourceContract, StopsByTheTokenOfItsOptions) {
    const auto stop = std::make_unique<std::stop_source>();
    auto source = open({.stop = stop->get_token()});
    ASSERT_TRUE(source);
    ASSERT_TRUE(source->read());
    stop->request_stop();
    const auto stopped = source->read();
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
}

TEST_P(SourceContract, CanBeDroppedAtAnyTime) {
    for (int reads = 0; reads < 4; ++reads) {
        auto source = open();
        ASSERT_TRUE(source);
        for (int i = 0; i < reads; ++i) ASSERT_TRUE(source->read());
    }
}

INSTANTIATE_TEST_SUITE_P(All, SourceContract, testing::ValuesIn(implementations()),
                         [](const auto& test) { return std::string(test.param.name); });

// A pipe that goes silent without an end must not hold a run.

std::string half_a_clip() {
    const test::TempDir dir;
    test::ClipOptions options;
    options.codec = "mpeg4", options.frames = 200;
    EXPECT_TRUE(test::write_clip(dir / "x.ts", options));
    const std::string bytes = test::read_file(dir / "x.ts");
    return bytes.substr(0, bytes.size() / 2);
}

TEST(SilentPipe, InterruptEndsABlockedRead) {
    const test::StdinPipe input(half_a_clip(), true);
    // Probing of an open-ended stream may want more than is there; it must give in as well.
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(400ms);
        stop.request_stop();
    });
    auto opened = open_source("-", {.stop = stop.get_token()});
    if (!opened) {
        EXPECT_EQ(opened.error().code, ErrorCode::interrupted);
        return;
    }
    const Reading all = read_all(**opened);
    ASSERT_EQ(all.errors.size(), 1U);
    EXPECT_EQ(all.errors[0].code, ErrorCode::interrupted);
}

TEST(SilentPipe, OpeningGivesInToItsToken) {
    const test::StdinPipe input("", true);
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    const auto source = open_source("-", {.stop = stop.get_token()});
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, ErrorCode::interrupted);
}

TEST(SilentPipe, AFifoWithoutAWriterGivesIn) {
    const test::TempDir dir;
    const std::string path = (dir / "fifo.ts").string();
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    std::stop_source stop;
    std::jthread later([&] {
        std::this_thread::sleep_for(100ms);
        stop.request_stop();
    });
    const auto source = open_source(path, {.stop = stop.get_token()});
    ASSERT_FALSE(source);
}

TEST(StandardInput, AnEmptyPipeIsNoMedia) {
    const test::StdinPipe input("");
    const auto source = open_source("-", {});
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, ErrorCode::corrupt);
}

TEST(StandardInput, AnMp4WithItsIndexAtTheEndIsExplained) {
    const test::TempDir dir;
    test::ClipOptions options;
    options.frames = 5;
    ASSERT_TRUE(test::write_clip(dir / "x.mp4", options));
    const test::StdinPipe input(test::read_file(dir / "x.mp4"));
    const auto source = open_source("-", {});
    if (source) {  // small enough for the reader to hold it whole
        EXPECT_EQ(read_all(**source).frames.size(), 5U);
        return;
    }
    EXPECT_EQ(source.error().code, ErrorCode::unsupported);
    EXPECT_THAT(source.error().line(), testing::HasSubstr("faststart"));
}

}  // namespace
}  // namespace saccade::media
