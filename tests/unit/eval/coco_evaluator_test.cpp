#include "eval/coco_evaluator.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>

#include "coco_cases.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::eval {
namespace {

using nlohmann::json;
using saccade::test::read_file;
using saccade::test::write_file;
using test::CaseMaker;
using test::CocoCase;

CocoSummary judge(const CocoCase& c) {
    auto evaluator = CocoEvaluator::create(c.truth, {c.max_detections, false});
    EXPECT_TRUE(evaluator);
    for (const auto& [image, detections] : c.found) {
        const auto added = evaluator->add(image, detections, c.category_of_class);
        EXPECT_TRUE(added) << added.error().line();
    }
    return evaluator->summary();
}

std::array<double, 12> stats(const CocoSummary& s) {
    return {s.ap,        s.ap50,      s.ap75,      s.ap_small,     s.ap_medium,     s.ap_large,
            s.recall[0], s.recall[1], s.recall[2], s.recall_small, s.recall_medium, s.recall_large};
}

void expect_equal(const CocoSummary& ours, const json& reference) {
    const auto numbers = stats(ours);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        EXPECT_NEAR(numbers[i], reference["stats"][i].get<double>(), 1e-9) << "figure " << i;
    }
    for (const CocoCategoryScore& c : ours.categories) {
        EXPECT_NEAR(c.ap, reference["ap"][std::to_string(c.id)].get<double>(), 1e-9) << c.name;
    }
}

// The files that coco_reference.py reads.
void write_case(const std::filesystem::path& folder, const std::string& name, const CocoCase& c) {
    json truth{
        {"images", json::array()}, {"categories", json::array()}, {"annotations", json::array()}};
    for (const auto& i : c.truth.images) {
        truth["images"].push_back(
            {{"id", i.id}, {"file_name", i.file_name}, {"width", i.width}, {"height", i.height}});
    }
    for (const auto& k : c.truth.categories) {
        truth["categories"].push_back({{"id", k.id}, {"name", k.name}});
    }
    for (const auto& a : c.truth.annotations) {
        truth["annotations"].push_back({{"id", truth["annotations"].size() + 1},
                                        {"image_id", a.image_id},
                                        {"category_id", a.category_id},
                                        {"bbox", {a.x, a.y, a.width, a.height}},
                                        {"area", a.area},
                                        {"iscrowd", a.crowd ? 1 : 0}});
    }
    json found = json::array();
    for (const auto& [image, detections] : c.found) {
        for (const Detection& d : detections) {
            const auto category = c.category_of_class[static_cast<std::size_t>(d.class_id)];
            if (!category) continue;
            const double x = d.box.x1, y = d.box.y1;
            found.push_back({{"image_id", image},
                             {"category_id", *category},
                             {"bbox", {x, y, d.box.x2 - x, d.box.y2 - y}},
                             {"score", static_cast<double>(d.score)}});
        }
    }
    write_file(folder / (name + ".gt.json"), truth.dump());
    write_file(folder / (name + ".dt.json"), found.dump());
    write_file(folder / (name + ".max.json"), json(c.max_detections).dump());
}

TEST(CocoEvaluator, EqualsPycocotools) {
    const auto python = saccade::test::source_dir() / ".venv/bin/python";
    if (!std::filesystem::exists(python)) GTEST_SKIP() << "no .venv (make setup)";
    saccade::test::TempDir dir;
    std::map<std::string, CocoCase> cases;
    for (std::uint32_t seed = 100; seed < 160; ++seed) {
        cases[std::to_string(seed)] = CaseMaker(seed).make();
    }
    cases["nothing-found"] = CaseMaker(1).make();
    for (auto& entry : cases["nothing-found"].found) entry.second.clear();
    for (const auto& [name, c] : cases) write_case(dir.path(), name, c);

    const auto script = saccade::test::source_dir() / "tests/unit/eval/coco_reference.py";
    const std::string command = python.string() + " " + script.string() + " " + dir.path().string();
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                               &::pclose);
    ASSERT_TRUE(pipe);
    std::string text;
    std::array<char, 4096> block;
    while (const auto n = std::fread(block.data(), 1, block.size(), pipe.get())) {
        text.append(block.data(), n);
    }
    const json reference = json::parse(text, nullptr, false);
    ASSERT_TRUE(reference.is_object()) << text;
    ASSERT_EQ(reference.size(), cases.size());
    for (const auto& [name, c] : cases) {
        SCOPED_TRACE("case " + name);
        expect_equal(judge(c), reference[name]);
    }
}

// Made by coco_reference.py from the same cases, so that a machine without Python checks them too.
// To make them anew: SACCADE_WRITE_COCO_CASES=DIR writes the cases, coco_reference.py judges them.
TEST(CocoEvaluator, EqualsTheGoldenFigures) {
    const auto path = saccade::test::source_dir() / "tests/golden/eval/coco.json";
    if (const char* out = std::getenv("SACCADE_WRITE_COCO_CASES")) {
        for (std::uint32_t seed = 1; seed <= 6; ++seed) {
            write_case(out, std::to_string(seed), CaseMaker(seed).make());
        }
    }
    const json golden = json::parse(read_file(path), nullptr, false);
    ASSERT_EQ(golden.size(), 6U) << path;
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        SCOPED_TRACE(seed);
        expect_equal(judge(CaseMaker(seed).make()), golden[std::to_string(seed)]);
    }
}

// One image of 640 x 480, one category, id 5.
struct Tiny {
    CocoDataset truth{{{1, "a.jpg", 640, 480}}, {{5, "thing"}}, {}};
    std::vector<Detection> found;

    Tiny& object(double x, double y, double w, double h, bool crowd = false) {
        truth.annotations.push_back({1, 5, x, y, w, h, w * h, crowd});
        return *this;
    }
    Tiny& detection(float x, float y, float w, float h, float score) {
        found.push_back({{x, y, x + w, y + h}, score, 0});
        return *this;
    }
    [[nodiscard]] CocoSummary judge() const {
        auto evaluator = CocoEvaluator::create(truth);
        const std::vector<std::optional<std::int64_t>> categories{5};
        EXPECT_TRUE(evaluator->add(1, found, categories));
        return evaluator->summary();
    }
};

TEST(CocoEvaluator, InterpolatesOver101Recalls) {
    const auto s = Tiny()
                       .object(0, 0, 50, 50)
                       .object(100, 0, 50, 50)
                       .detection(0, 0, 50, 50, 0.9F)
                       .detection(300, 300, 50, 50, 0.8F)
                       .detection(100, 0, 50, 50, 0.7F)
                       .judge();
    // Precision 1 at the recalls 0.00 to 0.50, then 2/3.
    EXPECT_NEAR(s.ap, (51 + 50 * 2.0 / 3) / 101, 1e-12);
    EXPECT_NEAR(s.recall[0], 0.5, 1e-12);
    EXPECT_NEAR(s.recall[1], 1.0, 1e-12);
    EXPECT_NEAR(s.ap_medium, s.ap, 1e-12);
    EXPECT_EQ(s.ap_large, -1);
    EXPECT_EQ(s.categories.at(0).objects, 2U);
}

TEST(CocoEvaluator, CountsTheThresholdsThatAnOverlapReaches) {
    // IoU 0.72: reaches 0.50, 0.55, 0.60, 0.65, 0.70.
    const auto s = Tiny().object(0, 0, 100, 100).detection(0, 0, 100, 72, 0.5F).judge();
    EXPECT_NEAR(s.ap, 0.5, 1e-12);
    EXPECT_NEAR(s.ap50, 1, 1e-12);
    EXPECT_NEAR(s.ap75, 0, 1e-12);
    EXPECT_NEAR(s.recall[2], 0.5, 1e-12);
}

TEST(CocoEvaluator, DetectionsInACrowdAreIgnored) {
    Tiny tiny;
    tiny.object(0, 0, 50, 50).object(200, 200, 200, 200, true);
    tiny.detection(0, 0, 50, 50, 0.5F);
    for (int i = 0; i < 5; ++i) {
        tiny.detection(210.0F + 20.0F * static_cast<float>(i), 220, 20, 20, 0.9F);
    }
    EXPECT_NEAR(tiny.judge().ap, 1, 1e-12);
    EXPECT_EQ(tiny.judge().categories[0].objects, 1U);
}

TEST(CocoEvaluator, ASecondDetectionOfAnObjectIsWrong) {
    const auto s = Tiny()
                       .object(0, 0, 50, 50)
                       .object(100, 0, 50, 50)
                       .detection(0, 0, 50, 50, 0.9F)
                       .detection(0, 0, 50, 50, 0.8F)
                       .judge();
    EXPECT_NEAR(s.ap, 51.0 / 101, 1e-12);
}

TEST(CocoEvaluator, WithoutObjectsThereIsNoFigure) {
    const auto s = Tiny().detection(0, 0, 50, 50, 0.9F).judge();
    for (const double figure : stats(s)) EXPECT_EQ(figure, -1);
    const auto missed = Tiny().object(0, 0, 50, 50).judge();
    EXPECT_EQ(missed.ap, 0);
    EXPECT_EQ(missed.recall[2], 0);
}

TEST(CocoEvaluator, MayJudgeTheAddedImagesOnly) {
    CocoDataset truth{{{1, "a", 9, 9}, {2, "b", 9, 9}}, {{5, "thing"}}, {}};
    truth.annotations = {{1, 5, 0, 0, 50, 50, 2500, false}, {2, 5, 0, 0, 50, 50, 2500, false}};
    const std::vector<Detection> found{{{0, 0, 50, 50}, 0.9F, 0}};
    const std::vector<std::optional<std::int64_t>> categories{5};
    for (const bool only_added : {false, true}) {
        auto evaluator = CocoEvaluator::create(truth, {{1, 10, 100}, only_added});
        ASSERT_TRUE(evaluator->add(2, found, categories));
        EXPECT_NEAR(evaluator->summary().ap, only_added ? 1.0 : 51.0 / 101, 1e-12);
        EXPECT_EQ(evaluator->summary().images, only_added ? 1U : 2U);
    }
}

TEST(CocoEvaluator, RefusesWhatMakesNoSense) {
    const Tiny tiny;
    EXPECT_FALSE(CocoEvaluator::create(tiny.truth, {{0, 10, 100}, false}));
    EXPECT_FALSE(CocoEvaluator::create(tiny.truth, {{10, 1, 100}, false}));
    auto evaluator = CocoEvaluator::create(tiny.truth);
    const std::vector<std::optional<std::int64_t>> categories{5, std::nullopt, 99};
    const auto code = [&](std::int64_t image, const Detection& d) {
        const auto added = evaluator->add(image, std::span(&d, 1), categories);
        return added ? std::nullopt : std::optional(added.error().code);
    };
    constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(code(7, {{0, 0, 1, 1}, 0.5F, 0}), ErrorCode::invalid_argument);
    EXPECT_EQ(code(1, {{0, 0, 1, 1}, 0.5F, -1}), ErrorCode::invalid_argument);
    EXPECT_EQ(code(1, {{0, 0, 1, 1}, 0.5F, 3}), ErrorCode::invalid_argument);
    EXPECT_EQ(code(1, {{0, 0, 1, 1}, 0.5F, 2}), ErrorCode::invalid_argument);
    EXPECT_EQ(code(1, {{0, 0, 1, nan}, 0.5F, 0}), ErrorCode::invalid_argument);
    EXPECT_EQ(code(1, {{0, 0, 1, 1}, nan, 0}), ErrorCode::invalid_argument);
    EXPECT_EQ(evaluator->summary().detections, 0U);
    EXPECT_EQ(code(1, {{0, 0, 1, 1}, 0.5F, 0}), std::nullopt);
    EXPECT_EQ(code(1, {{0, 0, 1, 1}, 0.5F, 0}), ErrorCode::invalid_argument) << "added twice";
}

}  // namespace
}  // namespace saccade::eval
