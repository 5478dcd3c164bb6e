// Speeds in metres, on the scene whose truth is known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "media/synthetic.h"
#include "saccade/engine.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

// The scene's camera stands 6 m above the ground, its horizon 300 px above the picture, with a
// focal length of 1000 px: row y shows what is 6000 / (y + 300) m ahead.
struct Metres {
    double x = 0, y = 0;
};
Metres place_of(double x, double y) {
    const double ahead = 6000 / (y + 300);
    return {(x - 640) * ahead / 1000, ahead};
}
constexpr const char* kHomography = "homography = [[6, 0, -3840], [0, 0, 6000], [0, 1, 300]]\n";

class Ground : public testing::Test {
  protected:
    Ground() {
        settings_.model = "synthetic";
        settings_.out = (dir_ / "out").string();
        settings_.cache_dir = (dir_ / "cache").string();
        settings_.save = {"csv", "jsonl"};
        settings_.ground = (dir_ / "ground.toml").string();
        test::write_file(settings_.ground, kHomography);
    }

    Result<RunSummary> track(const std::string& scene) {
        RunHooks hooks;
        hooks.on_result = [&](const std::string&, const FrameResult& r) { results_.push_back(r); };
        return run(Mode::track, settings_, {scene}, hooks);
    }

    test::TempDir dir_;
    Settings settings_;
    std::vector<FrameResult> results_;
};

/// Where the feet of a scene's objects are; those that the picture cuts are left out.
std::map<std::int64_t, Metres> feet(const media::SyntheticOptions& scene, std::uint64_t frame) {
    std::map<std::int64_t, Metres> all;
    for (const auto& object : media::synthetic_truth(scene, frame)) {
        const Box& b = object.box;
        if (b.x1 <= 2 || b.x2 >= 1278 || b.y2 >= 718) continue;
        all[object.id] = place_of(b.center_x(), b.y2);
    }
    return all;
}

TEST_F(Ground, SpeedsAndWaysAreThoseOfTheScene) {
    for (const char* place : {"synthetic:frames=150", "synthetic:frames=60&fps=6"}) {
        SCOPED_TRACE(place);
        const auto scene = media::parse_synthetic(place).value();
        results_.clear();
        const auto summary = track(place);
        ASSERT_TRUE(summary) << summary.error().line();
        int compared = 0;
        double speed_error = 0, speeds = 0;
        const auto half = static_cast<std::uint64_t>(scene.fps / 2);
        for (const FrameResult& result : results_) {
            const std::uint64_t f = result.id.index;
            if (f < 2 * half || f + half >= scene.frames) continue;
            const auto now = feet(scene, f), before = feet(scene, f - half),
                       after = feet(scene, f + half);
            for (const auto& object : media::synthetic_truth(scene, f)) {
                if (!now.contains(object.id) || !before.contains(object.id) ||
                    !after.contains(object.id)) {
                    continue;
                }
                for (const Track& t : result.tracks) {
                    if (t.class_id != object.class_id || iou(t.box, object.box) < 0.7F) continue;
                    ASSERT_TRUE(t.ground);
                    const Metres here = now.at(object.id);
                    EXPECT_NEAR(t.ground->x, here.x, 0.25) << f;
                    EXPECT_NEAR(t.ground->y, here.y, 0.35) << f;
                    if (!t.ground->moving || t.age < 2 * half) continue;
                    const double span = 2.0 * static_cast<double>(half) / scene.fps;
                    const double x = (after.at(object.id).x - before.at(object.id).x) / span;
                    const double y = (after.at(object.id).y - before.at(object.id).y) / span;
                    const double off =
                        std::hypot(t.ground->velocity_x - x, t.ground->velocity_y - y);
                    speed_error += off, speeds += std::hypot(x, y);
                    ++compared;
                }
            }
        }
        EXPECT_GT(compared, 60);
        EXPECT_LT(speed_error, 0.2 * speeds)
            << "m/s on average: " << speed_error / compared << " of " << speeds / compared;
        RecordProperty("speed_error_percent", std::to_string(100 * speed_error / speeds));
    }
}

TEST_F(Ground, OutputsTellOfIt) {
    settings_.lines = {"-20m,10m,20m,10m:ten metres ahead"};
    const auto summary = track("synthetic:frames=45");
    ASSERT_TRUE(summary) << summary.error().line();
    for (const auto& entry : std::filesystem::directory_iterator(settings_.out)) {
        const std::string text = test::read_file(entry.path());
        if (entry.path().extension() == ".csv" &&
            entry.path().string().find("counts") == std::string::npos) {
            EXPECT_THAT(text, testing::HasSubstr("x_m,y_m,speed_mps,distance_m"));
        }
        if (entry.path().extension() == ".jsonl") {
            EXPECT_THAT(text, testing::HasSubstr(R"("ground":{"position":[)"));
            EXPECT_THAT(text, testing::HasSubstr(R"("speed":)"));
        }
        if (entry.path().string().find("counts.json") != std::string::npos) {
            EXPECT_THAT(text, testing::HasSubstr("ten metres ahead"));
        }
    }
}

TEST_F(Ground, IsRefusedByName) {
    const auto refusal = [&](const std::string& text) {
        test::write_file(settings_.ground, text);
        const auto summary = track("synthetic:frames=5");
        if (!summary) return summary.error().line();
        return summary->streams.front().error ? summary->streams.front().error->line()
                                              : std::string("none");
    };
    EXPECT_THAT(refusal("homography = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]"),
                testing::AllOf(testing::HasSubstr(settings_.ground), testing::HasSubstr("mirror")));
    // Which side of the horizon is the ground shows only in the picture.
    EXPECT_THAT(refusal("homography = [[-6, 0, 3840], [0, 0, 6000], [0, 1, 300]]"),
                testing::AllOf(testing::HasSubstr(settings_.ground),
                               testing::HasSubstr("behind its horizon")));
    test::write_file(settings_.ground, kHomography);
    settings_.lines = {"0m,10m,5m,-10m"};
    const auto behind = track("synthetic:frames=5");
    ASSERT_FALSE(behind);
    EXPECT_THAT(behind.error().message, testing::HasSubstr("horizon"));
    settings_.ground.clear();
    const auto without = track("synthetic:frames=5");
    ASSERT_FALSE(without);
    EXPECT_THAT(without.error().line(), testing::HasSubstr("--ground"));
}

}  // namespace
}  // namespace saccade
