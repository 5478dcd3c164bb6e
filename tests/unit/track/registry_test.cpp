#include "track/registry.h"

#include <gtest/gtest.h>

#include <limits>

namespace saccade::track {
namespace {

TEST(Registry, MakesEveryTrackerItNames) {
    ASSERT_FALSE(trackers().empty());
    for (const auto& t : trackers()) {
        EXPECT_TRUE(make_tracker(t.name, {})) << t.name;
        EXPECT_FALSE(t.summary.empty());
    }
}

TEST(Registry, AnUnknownNameSaysWhatThereIs) {
    const auto made = make_tracker("deepsort", {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::not_found);
    EXPECT_NE(made.error().line().find("deepsort"), std::string::npos);
    for (const auto& t : trackers()) {
        EXPECT_NE(made.error().remedy.find(t.name), std::string::npos);
    }
}

TEST(Registry, RefusesOptionsOutOfRange) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const TrackerOptions& bad :
         {TrackerOptions{.high_score = 1.5F}, TrackerOptions{.low_score = -0.1F},
          TrackerOptions{.new_score = nan}, TrackerOptions{.match_iou = 2.0F},
          TrackerOptions{.lost_seconds = -1.0}, TrackerOptions{.lost_seconds = nan}}) {
        for (const auto& t : trackers()) {
            const auto made = make_tracker(t.name, bad);
            ASSERT_FALSE(made);
            EXPECT_EQ(made.error().code, ErrorCode::invalid_argument);
        }
    }
}

}  // namespace
}  // namespace saccade::track
