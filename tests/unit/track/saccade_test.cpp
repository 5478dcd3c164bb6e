#include "track/saccade/saccade.h"

#include <gtest/gtest.h>

#include <random>

namespace saccade::track {
namespace {

BoxColumns columns(const std::vector<Box>& boxes) {
    BoxColumns c;
    for (const Box& b : boxes) c.push(b);
    return c;
}

Box at(float x, float y, float h = 120) {
    return {x, y, x + 0.4F * h, y + h};
}

TEST(Consensus, IsTheMedianWayOfMostPairs) {
    Consensus consensus;
    const auto predicted =
        columns({at(100, 100), at(300, 100), at(500, 100), at(700, 100), at(900, 100)});
    // Three go by (8, -5), two have ways of their own, and one detection is new.
    const auto seen = columns({at(500 + 8, 95), at(100 + 8, 95), at(300 + 9, 95), at(700, 130),
                               at(900 - 10, 100), at(1500, 500)});
    const auto shift = consensus.shift(predicted, seen);
    ASSERT_TRUE(shift);
    EXPECT_FLOAT_EQ(shift->x, 8);
    EXPECT_FLOAT_EQ(shift->y, -5);
}

TEST(Consensus, SaysNothingWithoutOne) {
    Consensus consensus;
    const auto four = columns({at(100, 100), at(300, 100), at(500, 100), at(700, 100)});
    EXPECT_TRUE(consensus.shift(four, four));
    EXPECT_FALSE(consensus.shift({}, four));
    EXPECT_FALSE(consensus.shift(four, {}));
    EXPECT_FALSE(consensus.shift(four, columns({at(108, 100), at(308, 100), at(508, 100)})));
    EXPECT_FALSE(
        consensus.shift(four, columns({at(130, 100), at(300, 160), at(480, 100), at(700, 50)})));
    EXPECT_FALSE(consensus.shift(
        four, columns({at(1100, 100), at(1300, 100), at(1500, 100), at(1700, 100)})));
}

TEST(Saccade, KeepsIdentitiesThroughAJerkOfTheCamera) {
    // A crowd in depth; the picture jumps by more than half of the small ones' width, and back.
    std::mt19937 random(4);
    std::vector<Box> crowd;
    for (int i = 0; i < 12; ++i) {
        crowd.push_back(at(static_cast<float>(150 * i), static_cast<float>(random() % 300),
                           80.0F + 10.0F * static_cast<float>(i % 5)));
    }
    const auto changes = [&](Tracker& tracker) {
        int changed = 0;
        std::vector<std::int64_t> ids(crowd.size(), 0);
        for (int f = 0; f < 60; ++f) {
            const float jerk = f % 20 == 10 ? 28.0F : 0.0F;
            std::vector<Detection> seen;
            for (const Box& b : crowd) {
                seen.push_back({{b.x1 + jerk, b.y1, b.x2 + jerk, b.y2}, 0.9F, 0});
            }
            std::vector<Track> tracks;
            Observation o;
            o.detections = seen;
            o.pts = Timestamp(f * 1'000'000'000LL / 30);
            EXPECT_TRUE(tracker.update(o, tracks));
            for (std::size_t i = 0; i < crowd.size(); ++i) {
                std::int64_t id = 0;
                for (const Track& t : tracks) {
                    if (t.detection == static_cast<int>(i)) id = t.id;
                }
                changed += f > 0 && id != ids[i] ? 1 : 0;
                ids[i] = id;
            }
        }
        return changed;
    };
    Saccade ours({.stages = {.match_iou = 0.3F}});
    BotSort plain({.stages = {.match_iou = 0.3F}});
    EXPECT_EQ(changes(ours), 0);
    EXPECT_GT(changes(plain), 0);
}

}  // namespace
}  // namespace saccade::track
