// A tracker that has seen its load once takes nothing more from the heap.
#include <gtest/gtest.h>

#include <memory>

#include "counting_new.h"
#include "scene.h"
#include "tracker_contract.h"

namespace saccade::track {
namespace {

TEST(CountingNew, SeesAllocations) {
    const auto before = test::allocations();
    auto p = std::make_unique<int>(1);
    EXPECT_GT(test::allocations(), before);
    EXPECT_EQ(*p, 1);
}

class TrackerAllocation : public TrackerContract {};

TEST_P(TrackerAllocation, NoneInSteadyState) {
    const test::Scene scene(60, 5);
    std::vector<std::vector<Detection>> frames;
    for (int f = 0; f < 150; ++f) {
        auto seen = scene.at(f / 30.0);
        // Every object is missed now and then, and some for long, so that all ways are gone.
        std::erase_if(seen, [&, i = 0](const Detection&) mutable {
            ++i;
            return (f * 7 + i * 13) % 11 == 0 || (f > 40 && f < 60 && i % 5 == 0);
        });
        for (std::size_t i = 0; i < seen.size(); i += 4) seen[i].score = 0.3F;
        frames.push_back(std::move(seen));
    }
    auto tracker = make();
    std::vector<Track> tracks;
    const auto pass = [&] {
        tracker->reset();
        for (std::size_t f = 0; f < frames.size(); ++f) {
            Observation o;
            o.detections = frames[f];
            o.pts = test::pts_of(f);
            o.motion = CameraMotion{1, 0, 0.5, 0, 1, 0};
            ASSERT_TRUE(tracker->update(o, tracks));
        }
    };
    pass();
    const auto before = test::allocations();
    pass();
    EXPECT_EQ(test::allocations(), before);
}

INSTANTIATE_TEST_SUITE_P(All, TrackerAllocation, ::testing::ValuesIn(tracker_names()), name_of);

}  // namespace
}  // namespace saccade::track
