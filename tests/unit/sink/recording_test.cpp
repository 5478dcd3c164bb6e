// Recordings of sources: what is in the pieces, and what of them is left after a bad end.
#include "sink/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "media/demuxer.h"
#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

/// All of a file's packets go to the tap, as a run would have them go.
void feed(const std::filesystem::path& file, const std::shared_ptr<media::PacketTap>& tap,
          int most = 1'000'000) {
    auto demuxer = media::Demuxer::open(file.string(), [] { return false; });
    ASSERT_TRUE(demuxer) << demuxer.error().line();
    (*demuxer)->set_taps({tap});
    const media::AvPacket packet(av_packet_alloc());
    for (int i = 0; i < most && (*demuxer)->read(*packet) >= 0; ++i) {
    }
}

std::vector<Frame> frames_of(const std::string& file) {
    auto source = media::open_source(file, {});
    EXPECT_TRUE(source) << source.error().line();
    if (!source) return {};
    auto reading = test::read_all(**source);
    EXPECT_EQ(reading.damage, "") << file;
    return std::move(reading.frames);
}

void expect_same_pixels(const Frame& a, const Frame& b) {
    ASSERT_EQ(a.width, b.width);
    for (int y = 0; y < a.height; ++y) {
        ASSERT_EQ(0, std::memcmp(a.planes[0].data + a.planes[0].stride * y,
                                 b.planes[0].data + b.planes[0].stride * y,
                                 static_cast<std::size_t>(a.width)));
    }
}

struct RecordedCodec {
    const char* encoder;
    const char* file;
    const char* suffix;
};

class EachRecordedCodec : public testing::TestWithParam<RecordedCodec> {
  protected:
    test::TempDir dir_;
};

TEST_P(EachRecordedCodec, IsCutAtEntryPointsAndLosesNothing) {
    SACCADE_NEEDS_ENCODER(GetParam().encoder);
    const auto file = dir_ / GetParam().file;
    ASSERT_TRUE(test::write_clip(
        file,
        {.codec = GetParam().encoder,
         .frames = 50,
         .frame_rate = 25,
         .gop = 5,
         .options =
             std::string(GetParam().encoder) == "libx265"
                 ? std::vector<std::pair<std::string, std::string>>{{"x265-params",
                                                                     "open-gop=0:log-level=error"}}
                 : std::vector<std::pair<std::string, std::string>>{}}));
    const auto folder = dir_ / "out";
    auto recording = make_recording({.folder = folder, .stem = "cam", .piece = 600ms});
    feed(file, recording.tap);
    ASSERT_TRUE(recording.sink->finish(Outcome::complete));
    const auto paths = recording.sink->paths();
    ASSERT_GE(paths.size(), 2U);
    EXPECT_EQ(paths[0], (folder / ("cam.source.000001" + std::string(GetParam().suffix))).string());
    const auto all = frames_of(file.string());
    std::size_t at = 0;
    for (const std::string& path : paths) {
        const auto piece = frames_of(path);
        ASSERT_FALSE(piece.empty()) << path;
        for (std::size_t i = 0; i < piece.size(); ++i, ++at) {
            ASSERT_LT(at, all.size());
            expect_same_pixels(piece[i], all[at]);
            EXPECT_NEAR(static_cast<double>((piece[i].pts - piece[0].pts).count()),
                        static_cast<double>((all[at].pts - all[at - i].pts).count()), 2e6);
        }
    }
    EXPECT_EQ(at, all.size());
}

INSTANTIATE_TEST_SUITE_P(Codecs, EachRecordedCodec,
                         testing::Values(RecordedCodec{"libx264", "a.mp4", ".mp4"},
                                         RecordedCodec{"libx264", "a.ts", ".mp4"},
                                         RecordedCodec{"libx265", "a.mp4", ".mp4"},
                                         RecordedCodec{"libvpx-vp9", "a.webm", ".mp4"},
                                         RecordedCodec{"libvpx", "a.webm", ".mkv"},
                                         RecordedCodec{"mjpeg", "a.avi", ".mp4"}),
                         [](const auto& one) {
                             std::string name = std::string(one.param.encoder) + one.param.file;
                             std::erase_if(name, [](char c) { return c == '.' || c == '-'; });
                             return name;
                         });

class RecordingTest : public testing::Test {
  protected:
    RecordingTest() { EXPECT_TRUE(test::write_clip(dir_ / "a.mp4", {.frames = 30, .gop = 5})); }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator(dir_ / "out"))
            all.push_back(entry.path().filename().string());
        std::sort(all.begin(), all.end());
        return all;
    }
    test::TempDir dir_;
};

TEST_F(RecordingTest, NeverReplacesWhatIsThere) {
    for (int run = 0; run < 2; ++run) {
        auto recording = make_recording({.folder = dir_ / "out", .stem = "cam"});
        feed(dir_ / "a.mp4", recording.tap);
        ASSERT_TRUE(recording.sink->finish(Outcome::complete));
    }
    EXPECT_THAT(names(), ElementsAre("cam.source.000001.mp4", "cam.source.000002.mp4"));
}

TEST_F(RecordingTest, BeginsAPieceWhereTheSourceIsOpenedAnew) {
    auto recording = make_recording({.folder = dir_ / "out", .stem = "cam"});
    feed(dir_ / "a.mp4", recording.tap, 7);
    feed(dir_ / "a.mp4", recording.tap, 12);
    ASSERT_TRUE(recording.sink->finish(Outcome::complete));
    ASSERT_EQ(recording.sink->paths().size(), 2U);
    EXPECT_EQ(frames_of(recording.sink->paths()[0]).size(), 7U);
    EXPECT_EQ(frames_of(recording.sink->paths()[1]).size(), 12U);
}

TEST_F(RecordingTest, OfAKilledRunPlaysAndGetsItsNameLater) {
    const pid_t child = ::fork();
    if (child == 0) {
        auto recording = make_recording({.folder = dir_ / "out", .stem = "cam"});
        feed(dir_ / "a.mp4", recording.tap);
        // Until a whole fragment is in the file.
        std::error_code ignored;
        const auto temporary = dir_ / "out/.cam.source.000001.mp4.saccade-tmp";
        while (std::filesystem::file_size(temporary, ignored) < 2000 || ignored) ::usleep(1000);
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_THAT(names(), ElementsAre(".cam.source.000001.mp4.saccade-tmp"));
    auto recording = make_recording({.folder = dir_ / "out", .stem = "cam"});
    feed(dir_ / "a.mp4", recording.tap);
    ASSERT_TRUE(recording.sink->finish(Outcome::complete));
    EXPECT_THAT(names(), ElementsAre("cam.source.000001.mp4", "cam.source.000002.mp4"));
    EXPECT_GE(frames_of((dir_ / "out/cam.source.000001.mp4").string()).size(), 5U);
}

TEST_F(RecordingTest, ThatCantBeWrittenSaysSoAtTheEnd) {
    test::write_file(dir_ / "out", "in the way");
    auto recording = make_recording({.folder = dir_ / "out", .stem = "cam"});
    feed(dir_ / "a.mp4", recording.tap);
    const auto done = recording.sink->finish(Outcome::complete);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::unwritable);
    EXPECT_THAT(done.error().line(), HasSubstr("cam.source.000001.mp4"));
    EXPECT_EQ(test::read_file(dir_ / "out"), "in the way");
}

TEST_F(RecordingTest, OnADiskThatIsFullEndsAndKeepsWhatItHas) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{4096, 4096};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        auto recording = make_recording({.folder = dir_ / "out", .stem = "cam"});
        feed(dir_ / "a.mp4", recording.tap);  // which is told of nothing
        const auto done = recording.sink->finish(Outcome::complete);
        ::_exit(!done && done.error().code == ErrorCode::unwritable ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    for (const std::string& name : names()) {
        EXPECT_FALSE(frames_of((dir_ / "out" / name).string()).empty());
    }
}

TEST_F(RecordingTest, OfNothingLeavesNothing) {
    auto recording = make_recording({.folder = dir_ / "out", .stem = "cam"});
    EXPECT_TRUE(recording.sink->finish(Outcome::complete));
    EXPECT_TRUE(recording.sink->paths().empty());
    EXPECT_FALSE(std::filesystem::exists(dir_ / "out"));
}

}  // namespace
}  // namespace saccade::sink
