// Counts of lines and zones as outputs of a run: named, marked where they are partial, and missed
// by
// --resume where they are gone.
#include <gtest/gtest.h>

#include <algorithm>

#include "saccade/engine.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

class Counts : public testing::Test {
  protected:
    void SetUp() override {
        settings_.model = "synthetic";
        settings_.out = (folder_ / "out").string();
        settings_.cache_dir = (folder_ / "cache").string();
        settings_.image_size = 160;
        settings_.save = {"mot"};
        settings_.lines = {"32,0,32,48:middle"};
        ASSERT_TRUE(test::write_clip(clip_));
    }
    StreamSummary track() {
        const auto summary = run(Mode::track, settings_, {clip_.string()});
        EXPECT_TRUE(summary) << summary.error().line();
        return summary ? summary->streams.front() : StreamSummary{};
    }
    [[nodiscard]] std::filesystem::path output(const char* suffix) const {
        return std::filesystem::path(settings_.out) / (std::string("clip") + suffix);
    }

    test::TempDir folder_;
    std::filesystem::path clip_ = folder_ / "clip.avi";
    Settings settings_;
};

TEST_F(Counts, AreNamedAmongTheOutputs) {
    const StreamSummary stream = track();
    for (const char* suffix : {".txt", ".counts.json", ".counts.csv"}) {
        EXPECT_TRUE(std::filesystem::exists(output(suffix))) << suffix;
        EXPECT_EQ(std::count(stream.outputs.begin(), stream.outputs.end(), output(suffix)), 1)
            << suffix;
    }
}

TEST_F(Counts, OfAnInterruptedStreamAreMarkedPartial) {
    std::stop_source stop;
    RunHooks hooks;
    hooks.stop = stop.get_token();
    hooks.on_result = [&](const std::string&, const FrameResult&) { stop.request_stop(); };
    const auto summary = run(Mode::track, settings_, {"synthetic:frames=100000"}, hooks);
    ASSERT_TRUE(summary) << summary.error().line();
    ASSERT_EQ(summary->streams.front().status, Status::interrupted);
    const auto out = std::filesystem::path(settings_.out);
    EXPECT_NE(test::read_file(out / "synthetic-frames-100000.counts.json").find("\"interrupted\""),
              std::string::npos);
    EXPECT_NE(
        test::read_file(out / "synthetic-frames-100000.counts.csv.partial").find("interrupted"),
        std::string::npos);
}

TEST_F(Counts, AreMadeAgainWhereOneIsGone) {
    settings_.resume = true;
    EXPECT_FALSE(track().skipped);
    EXPECT_TRUE(track().skipped);
    for (const char* suffix : {".counts.json", ".counts.csv"}) {
        std::filesystem::remove(output(suffix));
        EXPECT_FALSE(track().skipped) << suffix;
        EXPECT_TRUE(std::filesystem::exists(output(suffix))) << suffix;
    }
    settings_.lines = {"16,0,16,48:middle"};
    EXPECT_FALSE(track().skipped) << "of another line";
}

}  // namespace
}  // namespace saccade
