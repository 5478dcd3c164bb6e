// Streams that nothing is wrong with are whole, whoever reads them: damage is never told of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "media/libav.h"
#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/stream_reading.h"
#include "support/temp_dir.h"
#include "unit/media/stream_kinds.h"

namespace saccade::media {
namespace {

std::vector<test::Kind> clean_kinds() {
    std::vector<test::Kind> all = test::kinds();
    const std::vector<test::Kind> further = {
        {"h264_pyramid",
         "libx264",
         "x.mp4",
         {{"x264-params", "bframes=8:b-pyramid=normal:b-adapt=0"}}},
        {"h264_interlaced", "libx264", "x.mp4", {{"x264-params", "interlaced=1"}}},
        {"h264_interlaced_ts", "libx264", "x.ts", {{"x264-params", "interlaced=1"}}},
        {"h264_refresh_ts", "libx264", "x.ts", {{"x264-params", "intra-refresh=1"}}},
        {"h264_slices", "libx264", "x.mp4", {{"x264-params", "slices=4"}}},
        {"h264_mov", "libx264", "x.mov"},
        {"hevc_radl",
         "libx265",
         "x.mkv",
         {{"x265-params", "open-gop=0:radl=2:bframes=4:log-level=none"}}},
        {"hevc_slices", "libx265", "x.mp4", {{"x265-params", "slices=2:log-level=none"}}},
        {"hevc_raw", "libx265", "x.hevc", {{"x265-params", "open-gop=1:log-level=none"}}},
        {"vp8_hidden",
         "libvpx",
         "x.webm",
         {{"auto-alt-ref", "1"}, {"lag-in-frames", "16"}, {"cpu-used", "8"}}},
        {"vp9_hidden",
         "libvpx-vp9",
         "x.webm",
         {{"auto-alt-ref", "6"}, {"lag-in-frames", "25"}, {"cpu-used", "8"}}},
        {"av1_svt", "libsvtav1", "x.mkv", {{"preset", "12"}}, 60},
        {"theora", "libtheora", "x.ogv"},
        {"ffv1", "ffv1", "x.mkv", {}, 60},
        {"huffyuv", "ffvhuff", "x.avi", {}, 60},
        {"prores", "prores", "x.mov", {}, 20},
        {"flv1", "flv", "x.flv"},
        {"msmpeg4", "msmpeg4", "x.avi"},
        {"wmv2", "wmv2", "x.asf"},
    };
    all.insert(all.end(), further.begin(), further.end());
    return all;
}

/// Whole from one decoder and from three; as fast as can be, without a second reading.
void expect_clean(const std::filesystem::path& path, std::size_t frames) {
    const auto once = test::read_stream(path.string(), 1, {.decoder_threads = 1});
    for (const std::size_t decoders : {1U, 3U}) {
        const auto read = test::read_stream(path.string(), decoders, {.decoder_threads = 3});
        EXPECT_EQ(read.summary(), once.summary());
        EXPECT_TRUE(read.frames == once.frames);
        EXPECT_FALSE(read.again) << decoders << " decoders";
    }
    EXPECT_EQ(once.ends, (std::set<std::string>{""})) << path;
    EXPECT_EQ(once.refused, "");
    EXPECT_THAT(once.errors, testing::IsEmpty());
    EXPECT_EQ(once.frames.size(), frames) << path;
}

class CleanStreams : public testing::TestWithParam<test::Kind> {};

TEST_P(CleanStreams, AreWhole) {
    test::Kind kind = GetParam();
    SACCADE_NEEDS_ENCODER(kind.encoder);
    const test::TempDir dir;
    test::ClipOptions options = test::clip_of(kind);
    if (options.codec == "prores") options.pixel_format = "yuv422p10le";
    if (options.codec == "ffvhuff") options.pixel_format = "yuv422p";
    if (options.codec == "theora") options.gop = 0;
    const auto written = test::write_clip(dir / kind.file, options);
    ASSERT_TRUE(written) << written.error().line();
    expect_clean(dir / kind.file, static_cast<std::size_t>(kind.frames));
}

INSTANTIATE_TEST_SUITE_P(All, CleanStreams, testing::ValuesIn(clean_kinds()),
                         [](const auto& test) { return std::string(test.param.name); });

struct CloseInput {
    void operator()(AVFormatContext* format) const { avformat_close_input(&format); }
};
struct CloseOutput {
    void operator()(AVFormatContext* format) const {
        avio_closep(&format->pb);
        avformat_free_context(format);
    }
};

/// As `ffmpeg -ss SECONDS -t LENGTH -i FROM -c copy TO`: from the key packet before that time on,
/// whose pictures up to it an edit list hides where there are such. Returns how many packets are
/// shown.
std::size_t copy_from(const std::filesystem::path& from, const std::filesystem::path& to,
                      double seconds, double length = 1e9) {
    AVFormatContext* opened = nullptr;
    EXPECT_GE(avformat_open_input(&opened, from.c_str(), nullptr, nullptr), 0);
    const std::unique_ptr<AVFormatContext, CloseInput> in(opened);
    EXPECT_GE(avformat_find_stream_info(opened, nullptr), 0);
    AVFormatContext* made = nullptr;
    EXPECT_GE(avformat_alloc_output_context2(&made, nullptr, nullptr, to.c_str()), 0);
    const std::unique_ptr<AVFormatContext, CloseOutput> out(made);
    EXPECT_GE(avio_open(&made->pb, to.c_str(), AVIO_FLAG_WRITE), 0);
    AVStream* const source = opened->streams[0];
    AVStream* const target = avformat_new_stream(made, nullptr);
    avcodec_parameters_copy(target->codecpar, source->codecpar);
    target->codecpar->codec_tag = 0;
    target->time_base = source->time_base;
    target->avg_frame_rate = source->avg_frame_rate;
    EXPECT_GE(avformat_write_header(made, nullptr), 0);
    const double unit = av_q2d(source->time_base);
    const auto origin = static_cast<std::int64_t>(seconds / unit);
    EXPECT_GE(av_seek_frame(opened, 0, origin, AVSEEK_FLAG_BACKWARD), 0);
    const AvPacket packet(av_packet_alloc());
    std::size_t shown = 0;
    while (av_read_frame(opened, packet.get()) >= 0) {
        const double at = static_cast<double>(packet->pts) * unit - seconds;
        if (static_cast<double>(packet->dts) * unit - seconds > length) break;
        if (at > -1e-6) ++shown;
        packet->pts -= origin;
        packet->dts -= origin;
        packet->pos = -1;
        av_packet_rescale_ts(packet.get(), source->time_base, target->time_base);
        packet->duration = av_rescale_q(packet->duration, source->time_base, target->time_base);
        EXPECT_GE(av_interleaved_write_frame(made, packet.get()), 0);
    }
    EXPECT_GE(av_write_trailer(made), 0);
    return shown;
}

TEST(CleanCopies, CutWithinAGroupOfPicturesAreWhole) {
    SACCADE_NEEDS_ENCODER("libx264");
    const test::TempDir dir;
    ASSERT_TRUE(test::write_clip(dir / "x.mp4", test::clip_of({"", "libx264", ""})));
    for (const double seconds : {1.0, 2.35, 4.0}) {
        for (const char* name : {"copy.mp4", "copy.mov", "copy.mkv", "copy.ts"}) {
            const std::size_t shown = copy_from(dir / "x.mp4", dir / name, seconds);
            const auto read = test::read_stream((dir / name).string(), 3, {.decoder_threads = 1});
            EXPECT_EQ(read.ends, (std::set<std::string>{""})) << name << " from " << seconds;
            EXPECT_GE(read.frames.size(), shown) << name << " from " << seconds;
        }
    }
    copy_from(dir / "x.mp4", dir / "part.mp4", 1.1, 2.0);
    const auto part = test::read_stream((dir / "part.mp4").string(), 1);
    EXPECT_EQ(part.ends, (std::set<std::string>{""}));
}

TEST(CleanCopies, ThatBeginWithLeadingPicturesOfAnOpenGroupAreWhole) {
    const test::TempDir dir;
    const test::Kind kinds[] = {
        {"h264", "libx264", "x.mp4", {{"x264-params", "open-gop=1:bframes=3"}}},
        {"hevc", "libx265", "y.mp4", {{"x265-params", "open-gop=1:bframes=4:log-level=none"}}},
    };
    for (const test::Kind& kind : kinds) {
        if (!test::has_encoder(kind.encoder)) continue;
        ASSERT_TRUE(test::write_clip(dir / kind.file, test::clip_of(kind)));
        for (const char* name :
             {"copy.mp4", "copy.mkv"}) {  // (in .ts no parameter sets go with it)
            const std::size_t shown = copy_from(dir / kind.file, dir / name, 3.0);
            const auto read = test::read_stream((dir / name).string(), 3, {.decoder_threads = 1});
            EXPECT_EQ(read.ends, (std::set<std::string>{""})) << kind.name << " in " << name;
            EXPECT_GT(read.frames.size() + 6, shown) << kind.name << " in " << name;
        }
    }
}

TEST(CleanCopies, ABroadcastThatBeginsAnywhereIsWhole) {
    SACCADE_NEEDS_ENCODER("libx264");
    const test::TempDir dir;
    for (const char* options : {"bframes=2", "open-gop=1:bframes=3", "intra-refresh=1"}) {
        ASSERT_TRUE(test::write_clip(
            dir / "x.ts", test::clip_of({"", "libx264", "", {{"x264-params", options}}})));
        const std::string whole = test::read_file(dir / "x.ts");
        for (const std::size_t packet : {20U, 45U, 77U}) {
            test::write_file(dir / "tail.ts", whole.substr(188 * packet));
            const auto read =
                test::read_stream((dir / "tail.ts").string(), 3, {.decoder_threads = 2});
            EXPECT_EQ(read.ends, (std::set<std::string>{""}))
                << options << " from packet " << packet;
            EXPECT_GT(read.frames.size(), 80U) << options;
        }
    }
}

}  // namespace
}  // namespace saccade::media
