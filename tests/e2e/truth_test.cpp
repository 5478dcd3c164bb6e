#include <gtest/gtest.h>

#include <map>
#include <set>

#include "media/synthetic.h"
#include "saccade/engine.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

constexpr const char* kScene = "synthetic:frames=150";

class Truth : public testing::TestWithParam<const char*> {
  protected:
    std::vector<FrameResult> results_of(Mode mode) {
        Settings settings;
        settings.model = "synthetic";
        settings.tracker = GetParam();
        settings.out = (dir_ / "out").string();
        settings.cache_dir = (dir_ / "cache").string();
        settings.save = {};
        std::vector<FrameResult> results;
        RunHooks hooks;
        hooks.on_result = [&](const std::string&, const FrameResult& r) { results.push_back(r); };
        const auto summary = run(mode, settings, {kScene}, hooks);
        EXPECT_TRUE(summary) << summary.error().line();
        return results;
    }
    test::TempDir dir_;
    media::SyntheticOptions scene_ = media::parse_synthetic(kScene).value();
};

TEST_P(Truth, EveryObjectIsDetectedWhereItIsAndNothingElse) {
    const auto results = results_of(Mode::detect);
    ASSERT_EQ(results.size(), 150U);
    for (const FrameResult& result : results) {
        std::vector<bool> used(result.detections.size(), false);
        for (const auto& object : media::synthetic_truth(scene_, result.id.index)) {
            std::size_t best = used.size();
            float best_iou = 0;
            for (std::size_t i = 0; i < used.size(); ++i) {
                const float overlap = iou(object.box, result.detections[i].box);
                if (!used[i] && overlap > best_iou) best = i, best_iou = overlap;
            }
            ASSERT_LT(best, used.size()) << "missed in frame " << result.id.index;
            used[best] = true;
            EXPECT_GT(best_iou, 0.7F) << "frame " << result.id.index;
            EXPECT_EQ(result.detections[best].class_id, object.class_id);
        }
        for (const bool matched : used) EXPECT_TRUE(matched) << "invented in " << result.id.index;
    }
}

TEST_P(Truth, EveryObjectKeepsOneIdentity) {
    std::map<std::int64_t, std::set<std::int64_t>> ids_of_object, objects_of_id;
    std::size_t pairs = 0, missed = 0;
    for (const FrameResult& result : results_of(Mode::track)) {
        for (const auto& object : media::synthetic_truth(scene_, result.id.index)) {
            bool found = false;
            for (const Track& track : result.tracks) {
                if (track.class_id != object.class_id || iou(object.box, track.box) < 0.5F)
                    continue;
                ids_of_object[object.id].insert(track.id);
                objects_of_id[track.id].insert(object.id);
                found = true;
            }
            ++pairs;
            missed += found ? 0 : 1;
        }
    }
    for (const auto& [object, ids] : ids_of_object)
        EXPECT_EQ(ids.size(), 1U) << "object " << object;
    for (const auto& [id, objects] : objects_of_id) EXPECT_EQ(objects.size(), 1U) << "track " << id;
    // Trackers believe in an object after a few frames: those are what may be missing.
    EXPECT_LT(static_cast<double>(missed), 0.05 * static_cast<double>(pairs));
}

INSTANTIATE_TEST_SUITE_P(Trackers, Truth,
                         testing::Values("saccade", "bytetrack", "sort", "ocsort", "botsort"));

}  // namespace
}  // namespace saccade
