#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <utility>

#include "engine/appearance.h"
#include "engine/run_networks.h"
#include "pipeline/track_stage.h"
#include "saccade/engine.h"
#include "support/reid_model.h"
#include "support/temp_dir.h"
#include "track/registry.h"
#include "unit/vision/frames.h"

namespace saccade {
namespace {

using test::ReidModel;

/// Identities of the objects by their detections' numbers, frame by frame; 0 where not followed.
using Identities = std::vector<std::array<std::int64_t, 2>>;

/// Two objects of one class, a red and a blue one, come towards each other, all but meet after 16
/// frames and turn back. What moves on without a turn is where the other one has come back to.
struct Turn {
    static constexpr int frames = 32;

    static Box box(int object, int frame) {
        const int way = frame <= 16 ? frame : 32 - frame;
        const auto x = static_cast<float>(object == 0 ? 104 + 6 * way : 300 - 6 * way);
        return {x - 30, 40, x + 30, 160};
    }

    /// Where both are, each shows on its own side.
    static Frame picture(int frame) {
        const Box red = box(0, frame), blue = box(1, frame);
        const float middle = 0.5F * (red.center_x() + blue.center_x());
        Frame made = test::make_frame(PixelFormat::rgb24, 404, 200, [&](int, int column, int row) {
            const float x = static_cast<float>(column / 3) + 0.5F;
            const auto in = [&](const Box& b) {
                return x > b.x1 && x<b.x2&& static_cast<float>(row)> b.y1 &&
                       static_cast<float>(row) < b.y2;
            };
            if (in(red) && (x < middle || !in(blue))) return column % 3 == 0 ? 220 : 20;
            if (in(blue)) return column % 3 == 2 ? 220 : 20;
            return 114;
        });
        made.id = {0, static_cast<std::uint64_t>(frame)};
        made.pts = std::chrono::milliseconds(40 * frame);
        return made;
    }
};

class ReidTest : public testing::Test {
  protected:
    ReidTest() {
        settings_.reid =
            test::write_reid_model(folder_ / "colors.onnx", {.output = ReidModel::Output::mean})
                .string();
        settings_.model = "synthetic";
        settings_.out = (folder_ / "out").string();
        settings_.cache_dir = (folder_ / "cache").string();
    }

    /// The ReID network as a run opens it; none where none is used.
    Result<std::shared_ptr<detect::Embedder>> embedder(Mode mode) {
        const auto choices = settings::stream_choices(mode, settings_);
        if (!choices) return fail(choices.error());
        if (!choices->appearance) return std::shared_ptr<detect::Embedder>();
        FileClaims claims;
        const auto files = engine::claim_models(settings_, true, claims);
        if (!files) return fail(files.error());
        const auto networks = engine::RunNetworks::load(settings_, *files);
        if (!networks) return fail(networks.error());
        return engine::open_embedder(*networks->reid, settings_);
    }

    /// Through the stage that streams are tracked by.
    Identities follow(const std::string& tracker, bool looks) {
        pipeline::OpenedStream stream;
        stream.tracker = std::move(*track::make_tracker(tracker, {}));
        if (looks) {
            settings_.tracker = tracker;
            auto opened = embedder(Mode::track);
            EXPECT_TRUE(opened) << opened.error().line();
            stream.appearance = std::make_unique<engine::FrameAppearance>(std::move(*opened));
        }
        pipeline::DetectedQueue in(Turn::frames);
        pipeline::TrackedQueue out(Turn::frames);
        for (int f = 0; f < Turn::frames; ++f) {
            pipeline::Detected detected;
            detected.item.frame = Turn::picture(f);
            for (const int object : {0, 1}) {
                detected.detections.push_back({Turn::box(object, f), 0.9F, 0});
            }
            in.push(std::move(detected));
        }
        in.close(CloseReason::finished);
        pipeline::TrackStage stage(stream, in, out, [] {});
        stage.run();
        EXPECT_FALSE(stage.error());
        Identities identities;
        while (const auto tracked = out.try_pop()) {
            auto& ids = identities.emplace_back();
            for (const Track& t : tracked->result.tracks) {
                if (t.detection >= 0) ids.at(static_cast<std::size_t>(t.detection)) = t.id;
            }
        }
        return identities;
    }

    std::map<std::string, std::string> outputs_of(std::size_t streams) {
        Settings settings = settings_;
        settings.streams = streams;
        settings.out = (folder_ / ("out-" + settings.tracker + std::to_string(streams))).string();
        const auto summary = run(Mode::track, settings,
                                 {"synthetic:frames=25&crossings=1", "synthetic:frames=20&seed=2",
                                  "synthetic:frames=15&seed=3"});
        EXPECT_TRUE(summary) << summary.error().line();
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::directory_iterator(settings.out)) {
            if (entry.path().extension() == ".txt") {
                files[entry.path().filename().string()] = test::read_file(entry.path());
            }
        }
        return files;
    }

    test::TempDir folder_;
    Settings settings_;
};

TEST_F(ReidTest, BoxesAloneTakeOneForTheOther) {
    const Identities ids = follow("botsort", false);
    ASSERT_EQ(ids.size(), static_cast<std::size_t>(Turn::frames));
    const auto &before = ids[10], &after = ids.back();
    ASSERT_NE(before[0], 0);
    EXPECT_EQ(after[0], before[1]);
    EXPECT_EQ(after[1], before[0]);
}

TEST_F(ReidTest, LooksKeepThemApart) {
    for (const char* tracker : {"botsort", "saccade"}) {
        const Identities ids = follow(tracker, true);
        ASSERT_EQ(ids.size(), static_cast<std::size_t>(Turn::frames));
        std::set<std::pair<std::int64_t, std::int64_t>> pairs;
        for (std::size_t f = 2; f < ids.size(); ++f) pairs.insert({ids[f][0], ids[f][1]});
        ASSERT_EQ(pairs.size(), 1U) << tracker;
        EXPECT_NE(pairs.begin()->first, 0);
        EXPECT_NE(pairs.begin()->first, pairs.begin()->second);
    }
}

TEST_F(ReidTest, StreamsShareTheNetworkAndGiveTheSameBytes) {
    for (const char* tracker : {"botsort", "saccade"}) {
        settings_.tracker = tracker;
        const auto alone = outputs_of(1);
        ASSERT_EQ(alone.size(), 3U);
        for (const auto& [name, bytes] : alone) EXPECT_GT(bytes.size(), 300U) << name;
        EXPECT_EQ(outputs_of(3), alone) << tracker;
    }
}

TEST_F(ReidTest, ANetworkThatGivesNoNumbersFailsItsStreams) {
    settings_.reid =
        test::write_reid_model(folder_ / "broken.onnx", {.output = ReidModel::Output::infinite})
            .string();
    const auto summary = run(Mode::track, settings_, {"synthetic:frames=10"});
    ASSERT_TRUE(summary);
    ASSERT_EQ(summary->streams.front().status, Status::failed);
    EXPECT_NE(summary->streams.front().error->message.find("broken.onnx"), std::string::npos);
    const auto untracked = run(Mode::detect, settings_, {"synthetic:frames=10"});
    ASSERT_TRUE(untracked);
    EXPECT_EQ(untracked->streams.front().status, Status::complete);
}

TEST_F(ReidTest, TrackersThatMakeNoUseOfItRefuseIt) {
    for (const auto& tracker : track::trackers()) {
        settings_.tracker = tracker.name;
        const auto made = embedder(Mode::track);
        if (tracker.name == "botsort" || tracker.name == "saccade") {
            EXPECT_TRUE(made && *made != nullptr) << tracker.name;
            continue;
        }
        ASSERT_FALSE(made) << tracker.name;
        EXPECT_EQ(made.error().code, ErrorCode::invalid_argument);
        EXPECT_NE(made.error().line().find(tracker.name), std::string::npos);
        EXPECT_NE(made.error().remedy.find("saccade or botsort"), std::string::npos);
        const auto summary = run(Mode::track, settings_, {"synthetic:frames=2"});
        ASSERT_FALSE(summary);
        EXPECT_EQ(summary.error().code, ErrorCode::invalid_argument);
        EXPECT_FALSE(embedder(Mode::detect).value());  // nothing to track
    }
    settings_.tracker = "saccade";
    settings_.reid = "no-such-network";
    EXPECT_EQ(embedder(Mode::track).error().code, ErrorCode::not_found);
    settings_.reid = "synthetic";  // a detector
    EXPECT_EQ(embedder(Mode::track).error().code, ErrorCode::unsupported);
    settings_.reid = "";
    EXPECT_FALSE(embedder(Mode::track).value());
    settings_.remember = 60;  // but by what?
    EXPECT_EQ(embedder(Mode::track).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace saccade
