// What is covered, for objects whose way is known.
#include "sink/cover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <random>

namespace saccade::sink {
namespace {

constexpr int width = 640, height = 360;

FrameResult frame(std::uint64_t index) {
    FrameResult result;
    result.id.index = index;
    result.width = width;
    result.height = height;
    return result;
}

Track track(std::int64_t id, const Box& box, TrackState state = TrackState::confirmed,
            int class_id = 0) {
    return {
        .id = id, .box = box, .raw_box = box, .score = 0.9F, .class_id = class_id, .state = state};
}

bool covered(const Box& box, const FrameResult& result) {
    // Pixel by pixel: several places may share one object.
    const Box b = box.clipped(width, height);
    for (int y = static_cast<int>(b.y1); y < static_cast<int>(std::ceil(b.y2)); ++y) {
        for (int x = static_cast<int>(b.x1); x < static_cast<int>(std::ceil(b.x2)); ++x) {
            const bool in =
                std::any_of(result.redacted.begin(), result.redacted.end(), [&](const Box& place) {
                    return static_cast<float>(x) >= place.x1 && static_cast<float>(x) < place.x2 &&
                           static_cast<float>(y) >= place.y1 && static_cast<float>(y) < place.y2;
                });
            if (!in) return false;
        }
    }
    return true;
}

/// `seen`: whether the object is seen in a frame; not told of where it isn't.
std::vector<FrameResult> run(const CoverOptions& options, int frames,
                             const std::function<Box(int)>& way,
                             const std::function<bool(int)>& seen) {
    CoverPlanner planner(options);
    std::vector<FrameResult> ready;
    for (int i = 0; i < frames; ++i) {
        FrameResult result = frame(static_cast<std::uint64_t>(i));
        if (seen(i)) result.tracks = {track(7, way(i))};
        planner.push(std::move(result), ready);
        EXPECT_EQ(ready.size(), static_cast<std::size_t>(std::max(0, i - options.frames)));
    }
    planner.flush(ready);
    for (std::size_t i = 0; i < ready.size(); ++i) EXPECT_EQ(ready[i].id.index, i);
    return ready;
}

Box walker(int i) {
    const auto x = 40.0F + 5.0F * static_cast<float>(i);
    return {x, 100, x + 40, 200};
}

TEST(CoverPlanner, CoversWhatIsMissedBetweenTwoSightings) {
    const CoverOptions options{.classes = {0}, .frames = 10};
    // Up to twice as long as it looks ahead.
    for (const int gap : {1, 5, 10, 15, 20}) {
        const auto results =
            run(options, 80, walker, [&](int i) { return i < 30 || i >= 30 + gap; });
        ASSERT_EQ(results.size(), 80U);
        for (int i = 0; i < 80; ++i) {
            EXPECT_TRUE(covered(walker(i), results[static_cast<std::size_t>(i)]))
                << "gap " << gap << " frame " << i;
        }
    }
}

TEST(CoverPlanner, CoversATurnWithinTheGap) {
    // Goes on for three frames, and comes back.
    const auto way = [](int i) { return walker(i <= 33 ? i : 66 - i); };
    const auto results =
        run({.classes = {0}, .frames = 10}, 50, way, [](int i) { return i <= 30 || i >= 36; });
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(covered(way(i), results[static_cast<std::size_t>(i)])) << i;
    }
}

TEST(CoverPlanner, CoversTheWayInAndOut) {
    const auto results =
        run({.classes = {0}, .frames = 10}, 60, walker, [](int i) { return i >= 20 && i < 40; });
    for (int i = 10; i < 50; ++i) {
        EXPECT_TRUE(covered(walker(i), results[static_cast<std::size_t>(i)])) << i;
    }
    EXPECT_TRUE(results[9].redacted.empty()) << "further than it was told to look back";
    EXPECT_TRUE(results[50].redacted.empty());
}

TEST(CoverPlanner, WithoutFramesBesideItCoversWhatIsSeenAndGuessed) {
    CoverPlanner planner({.classes = {0}, .frames = 0});
    std::vector<FrameResult> ready;
    for (int i = 0; i < 20; ++i) {
        FrameResult result = frame(static_cast<std::uint64_t>(i));
        const bool lost = i >= 5 && i < 15;
        result.tracks = {track(7, walker(i), lost ? TrackState::lost : TrackState::confirmed)};
        planner.push(std::move(result), ready);
        ASSERT_EQ(ready.size(), static_cast<std::size_t>(i) + 1);
        EXPECT_TRUE(covered(walker(i), ready.back())) << i;
    }
}

TEST(CoverPlanner, CoversDetectionsThatNoTrackTook) {
    CoverPlanner planner({.classes = {0}, .frames = 3});
    std::vector<FrameResult> ready;
    for (std::uint64_t i = 0; i < 12; ++i) {
        FrameResult result = frame(i);
        if (i == 5)
            result.detections = {{{10, 10, 50, 60}, 0.3F, 0}, {{200, 10, 250, 60}, 0.3F, 1}};
        planner.push(std::move(result), ready);
    }
    planner.flush(ready);
    for (std::uint64_t i = 0; i < 12; ++i) {
        const bool near = i >= 2 && i <= 8;
        EXPECT_EQ(covered({10, 10, 50, 60}, ready[i]), near) << i;
        EXPECT_FALSE(covered({200, 10, 250, 60}, ready[i])) << "of another class";
    }
}

TEST(CoverPlanner, OnlyTheClassesAndWithMargins) {
    CoverPlanner planner({.classes = {2}, .margin = 0.5, .frames = 0});
    std::vector<FrameResult> ready;
    FrameResult result = frame(0);
    result.tracks = {track(1, {100, 100, 140, 180}, TrackState::tentative, 2),
                     track(2, {300, 100, 340, 180}, TrackState::confirmed, 1)};
    planner.push(std::move(result), ready);
    ASSERT_EQ(ready[0].redacted.size(), 1U);
    EXPECT_EQ(ready[0].redacted[0], (Box{80, 60, 160, 220}));
    CoverPlanner everything({.all = true, .frames = 0});
    result = frame(1);
    result.tracks = {track(1, {100, 100, 140, 180}, TrackState::tentative, 2),
                     track(2, {300, 100, 340, 180}, TrackState::confirmed, 1)};
    everything.push(std::move(result), ready);
    EXPECT_EQ(ready[1].redacted.size(), 2U);
}

TEST(CoverPlanner, PlacesAreWholePairsInThePicture) {
    std::mt19937 random(4);
    CoverPlanner planner({.classes = {0}, .frames = 4});
    std::vector<FrameResult> ready;
    for (std::uint64_t i = 0; i < 300; ++i) {
        FrameResult result = frame(i);
        const auto number = [&](int limit) {
            return static_cast<float>(static_cast<int>(random() % 1000U) * limit / 700 - 100);
        };
        for (int n = 0; n < 5; ++n) {
            const float x = number(width), y = number(height);
            result.tracks.push_back(track(n + 1, {x, y, x + 33, y + 47.5F}));
        }
        if (i % 7 == 0) result.tracks[0].box.x1 = std::numeric_limits<float>::quiet_NaN();
        planner.push(std::move(result), ready);
    }
    planner.flush(ready);
    for (const FrameResult& result : ready) {
        for (const Box& b : result.redacted) {
            EXPECT_GE(b.x1, 0);
            EXPECT_LE(b.x2, width);
            EXPECT_LE(b.y2, height);
            EXPECT_EQ(static_cast<int>(b.x1) % 2, 0);
            EXPECT_TRUE(static_cast<int>(b.x2) % 2 == 0 || b.x2 == width);
            EXPECT_GT(b.area(), 0);
        }
    }
}

TEST(CoverPlanner, NothingGoesOverTheEndOfIdentities) {
    CoverPlanner planner({.classes = {0}, .frames = 5});
    std::vector<FrameResult> ready;
    for (std::uint64_t i = 0; i < 10; ++i) {
        FrameResult result = frame(i);
        if (i < 5) result.tracks = {track(1, {100, 100, 140, 180})};
        if (i == 5) {
            auto boundary = std::make_shared<Boundary>();
            boundary->new_size = true;
            result.boundary = boundary;
        }
        planner.push(std::move(result), ready);
    }
    planner.flush(ready);
    ASSERT_EQ(ready.size(), 10U);
    for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(ready[i].redacted.empty(), i >= 5) << i;
}

}  // namespace
}  // namespace saccade::sink
