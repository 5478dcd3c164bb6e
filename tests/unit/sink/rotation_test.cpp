#include "sink/rotation.h"

#include <gtest/gtest.h>

#include <map>

#include "contract/sink/scene.h"
#include "sink/registry.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

TEST(ParseRotation, TakesTimesAndSizesAndNothingElse) {
    EXPECT_FALSE(parse_rotation("")->rotates());
    EXPECT_EQ(parse_rotation("90s")->every, 90s);
    EXPECT_EQ(parse_rotation("15m")->every, 15min);
    EXPECT_EQ(parse_rotation("1.5h")->every, 90min);
    EXPECT_EQ(parse_rotation("1d")->every, 24h);
    EXPECT_EQ(parse_rotation("100MB")->bytes, 100'000'000U);
    EXPECT_EQ(parse_rotation("1KiB")->bytes, 1024U);
    for (const char* wrong : {"1", "h", "0h", "-1h", "0.1s", "10b", "1w", "1 h 2", "nan s", "infh",
                              "1e30GB", "1e30d"}) {
        const auto rotation = parse_rotation(wrong);
        ASSERT_FALSE(rotation) << wrong;
        EXPECT_EQ(rotation.error().code, ErrorCode::invalid_argument);
        EXPECT_EQ(rotation.error().message.find("rotate:"), 0U);
    }
}

class RotationTest : public testing::TestWithParam<std::string> {
  protected:
    std::unique_ptr<Sink> make(const Rotation& rotation) {
        return make_rotating(rotation, dir_.path(), "s", [this](const std::string& stem) {
            SinkOptions options = test::scene_options(dir_.path());
            options.stem = stem;
            return make_sink(GetParam(), options);
        });
    }
    /// Frames `from` to `to`, 0.5 s apart.
    static void write(Sink& sink, std::uint64_t from, std::uint64_t to) {
        for (std::uint64_t i = from; i < to; ++i) {
            FrameResult result = test::scene_result(i);
            result.pts = 500ms * i;
            Frame frame = test::scene_frame(result);
            frame.pts = result.pts;
            const auto done = sink.write(result, frame);
            ASSERT_TRUE(done) << done.error().line();
        }
    }
    [[nodiscard]] std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(dir_.path()), fs::directory_iterator()));
    }
    test::TempDir dir_;
};

TEST_P(RotationTest, EachPieceIsInPlaceAndWholeWhenTheNextBegins) {
    auto sink = make({.every = 1s});
    ASSERT_TRUE(sink->begin(test::scene_context()));
    EXPECT_FALSE(fs::exists(sink->path()));
    write(*sink, 0, 3);
    ASSERT_EQ(sink->paths().size(), 2U);
    EXPECT_TRUE(fs::exists(sink->paths()[0]));
    EXPECT_FALSE(fs::exists(sink->paths()[1]));
    write(*sink, 3, 5);
    ASSERT_TRUE(sink->finish(Outcome::interrupted));
    const auto paths = sink->paths();
    ASSERT_EQ(paths.size(), 3U);
    for (const std::string& path : paths) EXPECT_TRUE(fs::exists(path)) << path;
    EXPECT_EQ(fs::path(paths[2]).filename().string().find("s.000003"), 0U);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_FALSE(fs::exists(paths[i] + ".partial"));
}

TEST_P(RotationTest, PiecesAreWhatTheFormatMakesOfTheirFrames) {
    auto sink = make({.every = 1s});
    ASSERT_TRUE(sink->begin(test::scene_context()));
    write(*sink, 0, 4);
    ASSERT_TRUE(sink->finish(Outcome::complete));
    SinkOptions options = test::scene_options(dir_.path());
    options.stem = "s.alone";
    auto alone = make_sink(GetParam(), options);
    ASSERT_TRUE(alone);
    ASSERT_TRUE((*alone)->begin(test::scene_context()));
    write(**alone, 2, 4);
    ASSERT_TRUE((*alone)->finish(Outcome::complete));
    if (!fs::is_directory(sink->paths()[1])) {
        EXPECT_EQ(test::read_file(sink->paths()[1]), test::read_file((*alone)->path()));
    }
}

TEST_P(RotationTest, NumbersGoOnAndNoPieceIsReplaced) {
    std::map<std::string, std::string> before;
    for (int run = 0; run < 2; ++run) {
        auto sink = make({.every = 1s});
        ASSERT_TRUE(sink->begin(test::scene_context()));
        write(*sink, 0, 4);
        ASSERT_TRUE(sink->finish(Outcome::complete));
        const auto paths = sink->paths();
        ASSERT_EQ(paths.size(), 2U);
        for (const std::string& path : paths) {
            EXPECT_TRUE(before.emplace(path, "").second) << path << " was there before";
        }
    }
    EXPECT_EQ(entries(), 4U);
}

TEST_P(RotationTest, DestroyedWithoutFinishItLeavesTheWholePieces) {
    auto sink = make({.every = 1s});
    ASSERT_TRUE(sink->begin(test::scene_context()));
    write(*sink, 0, 3);
    sink.reset();
    EXPECT_EQ(entries(), 1U);
}

INSTANTIATE_TEST_SUITE_P(All, RotationTest, testing::ValuesIn([] {
                             std::vector<std::string> names;
                             for (const auto& format : sinks()) {
                                 if (!format.of_packets) names.emplace_back(format.name);
                             }
                             return names;
                         }()));

TEST(RotationBySize, APieceEndsWithTheFrameThatReachesIt) {
    const test::TempDir dir;
    auto sink = make_rotating({.bytes = 1000}, dir.path(), "s", [&](const std::string& stem) {
        return make_sink("mot", {.folder = dir.path(), .stem = stem});
    });
    ASSERT_TRUE(sink->begin(test::scene_context()));
    for (std::uint64_t i = 0; i < 200; ++i) {
        const FrameResult result = test::scene_result(i);
        ASSERT_TRUE(sink->write(result, {}));
    }
    ASSERT_TRUE(sink->finish(Outcome::complete));
    const auto paths = sink->paths();
    ASSERT_GT(paths.size(), 2U);
    for (std::size_t i = 0; i + 1 < paths.size(); ++i) {
        EXPECT_GE(fs::file_size(paths[i]), 1000U);
        EXPECT_LT(fs::file_size(paths[i]), 2000U);
    }
}

}  // namespace
}  // namespace saccade::sink
