// The synthetic scene and its detector, against each other: boxes found, none invented.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "detect/factory.h"
#include "media/synthetic.h"
#include "model/synthetic_detector.h"
#include "support/files.h"
#include "support/prepared.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

using media::SyntheticObject;

Frame frame_at(media::Source& source) {
    auto event = source.read();
    EXPECT_TRUE(event) << event.error().line();
    return std::get<Frame>(*event);
}

struct Tally {
    std::size_t truth = 0, found = 0, extra = 0;
    float worst_edge = 0;  ///< px of the network's input
};

Tally compare(const std::vector<SyntheticObject>& truth, const detect::Detections& found,
              float scale) {
    Tally tally{truth.size(), 0, found.size(), 0};
    for (const auto& object : truth) {
        const auto best = std::max_element(found.begin(), found.end(), [&](auto& a, auto& b) {
            return iou(a.box, object.box) < iou(b.box, object.box);
        });
        if (best == found.end() || iou(best->box, object.box) < 0.5F) continue;
        EXPECT_EQ(best->class_id, object.class_id);
        ++tally.found;
        --tally.extra;
        const Box &a = best->box, &b = object.box;
        tally.worst_edge = std::max({tally.worst_edge, std::abs(a.x1 - b.x1) / scale,
                                     std::abs(a.y1 - b.y1) / scale, std::abs(a.x2 - b.x2) / scale,
                                     std::abs(a.y2 - b.y2) / scale});
    }
    return tally;
}

class SyntheticScene : public testing::TestWithParam<const char*> {};

TEST_P(SyntheticScene, EveryBoxIsFoundAndNoOther) {
    test::TempDir dir;
    detect::DetectorOptions options;
    options.model = test::prepared(model::write_synthetic_detector(dir.path()).value());
    const auto detector = detect::make_detector(options);
    ASSERT_TRUE(detector) << detector.error().line();
    EXPECT_THAT((*detector)->info().class_names,
                testing::ElementsAreArray(media::synthetic_classes));

    const auto scene = media::parse_synthetic(GetParam());
    ASSERT_TRUE(scene) << scene.error().line();
    const auto source = media::open_synthetic(GetParam(), {});
    ASSERT_TRUE(source);
    const auto scale = static_cast<float>(std::max(scene->width, scene->height)) / 640;
    Tally sum;
    for (std::uint64_t index = 0; index < scene->frames; ++index) {
        const Frame frame = frame_at(**source);
        if (index % 4 != 0) continue;
        ASSERT_TRUE((*detector)->submit({&frame, 1}));
        const auto detections = (*detector)->collect();
        ASSERT_TRUE(detections) << detections.error().line();
        const auto tally =
            compare(media::synthetic_truth(*scene, index), detections->front(), scale);
        sum.truth += tally.truth;
        sum.found += tally.found;
        sum.extra += tally.extra;
        sum.worst_edge = std::max(sum.worst_edge, tally.worst_edge);
    }
    EXPECT_GT(sum.truth, 20U);
    EXPECT_EQ(sum.found, sum.truth);
    EXPECT_EQ(sum.extra, 0U);
    EXPECT_LE(sum.worst_edge, 1.5F);
}

INSTANTIATE_TEST_SUITE_P(
    Scenes, SyntheticScene,
    testing::Values("synthetic:frames=80", "synthetic:frames=40&seed=7&objects=40",
                    "synthetic:frames=24&width=1920&height=1080&seed=3&objects=64",
                    "synthetic:frames=40&width=640&height=640&seed=9&objects=20",
                    "synthetic:frames=24&width=720&height=1280&seed=4"));

TEST(Synthetic, TheSameBytesEveryTimeAndTheTruthAsDrawn) {
    const std::string location = "synthetic:frames=30&width=320&height=240&objects=5";
    const auto a = media::open_synthetic(location, {}), b = media::open_synthetic(location, {});
    ASSERT_TRUE(a && b);
    const auto scene = media::parse_synthetic(location).value();
    for (std::uint64_t index = 0; index < 30; ++index) {
        const Frame one = frame_at(**a), two = frame_at(**b);
        EXPECT_EQ(one.id.index, index);
        EXPECT_EQ(one.pts.count(), std::llround(static_cast<double>(index) * 1e9 / 30));
        ASSERT_EQ(std::memcmp(one.planes[0].data, two.planes[0].data, 320 * 240 * 3 / 2), 0);
        // Flat and brighter or darker than the background inside, background just outside.
        for (const auto& object : media::synthetic_truth(scene, index)) {
            const auto luma = [&](float x, float y) {
                return one.planes[0].data[static_cast<int>(y) * 320 + static_cast<int>(x)];
            };
            const Box& box = object.box;
            const int inside = luma(box.x1, box.y1);
            EXPECT_EQ(luma(box.x2 - 1, box.y2 - 1), inside);
            EXPECT_EQ(luma(box.center_x(), box.center_y()), inside);
        }
    }
    EXPECT_TRUE(std::holds_alternative<media::End>((*a)->read().value()));
    EXPECT_TRUE(std::holds_alternative<media::End>((*a)->read().value()));
}

TEST(Synthetic, IdentitiesAreOfOneBoxThatMovesSmoothly) {
    const auto scene = media::parse_synthetic("synthetic:frames=900&objects=12").value();
    std::map<std::int64_t, std::pair<std::uint64_t, SyntheticObject>> last;
    std::size_t left = 0;
    for (std::uint64_t index = 0; index < 900; ++index) {
        for (const auto& object : media::synthetic_truth(scene, index)) {
            EXPECT_GE(object.id, 1);
            EXPECT_EQ(object.visible, 1);
            const auto before = last.find(object.id);
            if (before != last.end()) {
                EXPECT_EQ(before->second.first + 1, index) << "id " << object.id << " came back";
                EXPECT_EQ(before->second.second.class_id, object.class_id);
                EXPECT_LT(std::abs(before->second.second.box.x1 - object.box.x1), 20);
                EXPECT_LT(std::abs(before->second.second.box.y1 - object.box.y1), 20);
            }
            last[object.id] = {index, object};
        }
    }
    for (const auto& [id, seen] : last) left += seen.first < 899 ? 1 : 0;
    EXPECT_GT(left, 4U);  // some went out of the picture, others came
}

TEST(Synthetic, CrossingsCoverBoxes) {
    const auto scene =
        media::parse_synthetic("synthetic:frames=300&objects=16&crossings=1").value();
    double least = 1;
    std::set<std::int64_t> ids;
    for (std::uint64_t index = 0; index < 300; ++index) {
        for (const auto& object : media::synthetic_truth(scene, index)) {
            EXPECT_GE(object.visible, 0);
            least = std::min(least, object.visible);
            ids.insert(object.id);
        }
    }
    EXPECT_LT(least, 0.5);
    EXPECT_GE(ids.size(), 20U);
}

TEST(Synthetic, BadOptionsAreNamed) {
    for (const char* location :
         {"synthetic:x=1", "synthetic:frames", "synthetic:frames=", "synthetic:frames=-1",
          "synthetic:frames=1e9", "synthetic:width=641", "synthetic:width=20", "synthetic:fps=0",
          "synthetic:fps=nan", "synthetic:fps=inf", "synthetic:objects=65", "synthetic:crossings=2",
          "synthetic:seed=99999999999", "synthetic:width=8192&height=160&objects=30",
          "synthetic:frames=10&&seed=1"}) {
        const auto parsed = media::parse_synthetic(location);
        ASSERT_FALSE(parsed) << location;
        EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
        EXPECT_THAT(parsed.error().message, testing::StartsWith(location));
        EXPECT_FALSE(media::open_synthetic(location, {}));
    }
    EXPECT_TRUE(media::parse_synthetic("synthetic:"));
}

TEST(Synthetic, InterruptEndsReading) {
    const auto source = media::open_source("synthetic:", {});
    ASSERT_TRUE(source) << source.error().line();
    (*source)->interrupt();
    EXPECT_EQ((*source)->read().error().code, ErrorCode::interrupted);
}

TEST(SyntheticDetector, IsWrittenOnceAndMended) {
    test::TempDir dir;
    const auto path = model::write_synthetic_detector(dir / "deep/er").value();
    const auto bytes = test::read_file(path);
    EXPECT_EQ(bytes, model::make_synthetic_detector().to_bytes().value());
    const auto written = std::filesystem::last_write_time(path);
    EXPECT_EQ(model::write_synthetic_detector(dir / "deep/er").value(), path);
    EXPECT_EQ(std::filesystem::last_write_time(path), written);
    test::write_file(path, std::string(bytes.size(), 'x'));
    ASSERT_TRUE(model::write_synthetic_detector(dir / "deep/er"));
    EXPECT_EQ(test::read_file(path), bytes);
    test::write_file(dir / "file", "x");
    EXPECT_EQ(model::write_synthetic_detector(dir / "file").error().code, ErrorCode::unwritable);
}

}  // namespace
}  // namespace saccade
