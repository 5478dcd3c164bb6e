#include "eval/coco_resample.h"

#include <gtest/gtest.h>

#include "coco_cases.h"
#include "eval/coco_evaluator.h"

namespace saccade::eval {
namespace {

CocoEvaluator filled(const test::CocoCase& c) {
    auto evaluator = CocoEvaluator::create(c.truth, {c.max_detections, false}).value();
    for (const auto& [image, found] : c.found) {
        EXPECT_TRUE(evaluator.add(image, found, c.category_of_class));
    }
    return evaluator;
}

TEST(CocoResample, AllImagesOnceGiveTheEvaluatorsFigure) {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        const auto c = test::CaseMaker(seed).make();
        const auto evaluator = filled(c);
        const auto judged = evaluator.by_image();
        const std::vector<std::uint32_t> once(judged.images, 1);
        EXPECT_NEAR(average_precision(judged, once), evaluator.summary().ap, 1e-12) << seed;
    }
}

TEST(CocoResample, AnImageLeftOutIsAsIfItWereNotThere) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        auto c = test::CaseMaker(seed).make();
        const auto judged = filled(c).by_image();
        std::vector<std::uint32_t> times(judged.images, 1);
        // Ids descend in the file and ascend in the judgements.
        const std::int64_t last = c.truth.images.front().id;
        times.back() = 0;
        std::erase_if(c.truth.images, [&](const auto& image) { return image.id == last; });
        std::erase_if(c.truth.annotations, [&](const auto& a) { return a.image_id == last; });
        c.found.erase(last);
        EXPECT_NEAR(average_precision(judged, times), filled(c).summary().ap, 1e-12) << seed;
    }
}

TEST(CocoResample, EqualNetworksDontDifferAndWorseOnesDo) {
    auto c = test::CaseMaker(5).make();
    const auto good = filled(c).by_image();
    const auto none = paired_bootstrap(good, good);
    EXPECT_EQ(none.low, 0);
    EXPECT_EQ(none.high, 0);
    for (auto& [image, found] : c.found) found.clear();
    const auto worse = paired_bootstrap(good, filled(c).by_image());
    EXPECT_LT(worse.low, 0);
    EXPECT_LE(worse.high, 0);
    EXPECT_EQ(paired_bootstrap(good, filled(c).by_image()).low, worse.low);  // the same each time
}

}  // namespace
}  // namespace saccade::eval
