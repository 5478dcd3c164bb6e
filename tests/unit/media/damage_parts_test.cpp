// Damaged streams read by one decoder and by several: the same frames, bytes, times and words, on every run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/mutate.h"
#include "support/stream_reading.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

struct Kind {
    const char* name;
    const char* encoder;
    const char* file;
    std::vector<std::pair<std::string, std::string>> options = {};
    int frames = 200;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

using Options = std::vector<std::pair<std::string, std::string>>;

std::vector<Kind> kinds() {
    const Options open{{"x265-params", "open-gop=1:bframes=4:log-level=none"}};
    const Options quick{{"deadline", "realtime"}, {"cpu-used", "8"}};
    return {
        {"h264_mp4", "libx264", "x.mp4"},
        {"h264_mkv", "libx264", "x.mkv"},
        {"h264_ts", "libx264", "x.ts"},
        {"h264_flv", "libx264", "x.flv"},
        {"h264_avi", "libx264", "x.avi", {{"x264-params", "bframes=0"}}},
        {"h264_raw", "libx264", "x.h264"},
        {"h264_fragments", "libx264", "x.mp4", {{"movflags", "frag_keyframe+empty_moov"}}},
        {"h264_open", "libx264", "x.mkv", {{"x264-params", "open-gop=1:bframes=3"}}},
        {"hevc_mp4", "libx265", "x.mp4", open},
        {"hevc_mkv", "libx265", "x.mkv", open},
        {"hevc_ts", "libx265", "x.ts", open},
        {"vp8_webm", "libvpx", "x.webm", quick},
        {"vp9_webm", "libvpx-vp9", "x.webm", quick},
        {"vp9_mp4", "libvpx-vp9", "x.mp4", quick},
        {"av1_mp4", "libaom-av1", "x.mp4", {{"cpu-used", "8"}, {"usage", "realtime"}}, 150},
        {"mpeg4_mp4", "mpeg4", "x.mp4"},
        {"mpeg4_avi", "mpeg4", "x.avi"},
        {"mpeg2_ts", "mpeg2video", "x.ts"},
        {"mjpeg_avi", "mjpeg", "x.avi", {}, 100},
        {"mjpeg_mkv", "mjpeg", "x.mkv", {}, 100},
    };
}

void draw(test::Canvas& canvas, int index) {
    std::minstd_rand random(static_cast<unsigned>(index / 8 + 1));
    for (int y = 0; y < canvas.height; y += 4) {
        for (int x = 0; x < canvas.width; x += 4) {
            const auto level = static_cast<std::uint8_t>(100 + random() % 60);
            canvas.fill(x, y, x + 4, y + 4, {level, static_cast<std::uint8_t>(level + x / 2), level});
        }
    }
    const int x = index * 3 % canvas.width, y = index * 2 % canvas.height;
    canvas.fill(x, y, x + 20, y + 20, {230, 40, static_cast<std::uint8_t>(index)});
}

/// More for a long run: SACCADE_MUTANTS=500, from seed SACCADE_FIRST_MUTANT on.
int setting(const char* name, int usual) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::atoi(value) : usual;
}

class DamagedKinds : public testing::TestWithParam<Kind> {};

TEST_P(DamagedKinds, AreReadAlikeByAnyDecoders) {
    const Kind& kind = GetParam();
    SACCADE_NEEDS_ENCODER(kind.encoder);
    const test::TempDir dir;
    test::ClipOptions options{.codec = kind.encoder, .width = 96, .height = 64, .frames = kind.frames, .gop = 16,
                              .options = kind.options, .draw = draw};
    if (options.codec == "mjpeg") options.full_range = true;
    const auto path = dir / kind.file;
    const auto written = test::write_clip(path, options);
    ASSERT_TRUE(written) << written.error().line();
    const std::string whole = test::read_file(path);
    const int first = setting("SACCADE_FIRST_MUTANT", 1), count = setting("SACCADE_MUTANTS", 8);
    for (int seed = first; seed < first + count; ++seed) {
        test::write_file(path, test::mutated(whole, static_cast<std::uint32_t>(seed)));
        const auto once = test::read_stream(path.string(), 1, {.decoder_threads = 1});
        EXPECT_THAT(once.errors, testing::IsEmpty()) << seed;
        const struct {
            std::size_t decoders;
            int threads;
        } others[] = {{1, 4}, {1, 4}, {2, 1}, {3, 2}, {3, 2}, {7, 1}, {7, 3}};
        for (const auto& other : others) {
            const auto again = test::read_stream(path.string(), other.decoders, {.decoder_threads = other.threads});
            ASSERT_EQ(again.summary(), once.summary())
                << "seed " << seed << ", " << other.decoders << " decoders, " << other.threads << " threads";
            ASSERT_TRUE(again.frames == once.frames)
                << "seed " << seed << ", " << other.decoders << " decoders, " << other.threads << " threads";
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, DamagedKinds, testing::ValuesIn(kinds()),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace saccade::media
