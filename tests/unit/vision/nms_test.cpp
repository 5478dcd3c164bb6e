#include "vision/nms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace saccade::vision {
namespace {

std::vector<std::uint32_t> orders(const std::vector<Candidate>& kept) {
    std::vector<std::uint32_t> orders;
    for (const Candidate& c : kept) orders.push_back(c.order);
    return orders;
}

/// The definition: all in order, each kept unless a kept one of its class covers it.
std::vector<Candidate> reference(std::vector<Candidate> all, const NmsOptions& options) {
    std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) {
        return a.score != b.score ? a.score > b.score : a.order < b.order;
    });
    if (all.size() > static_cast<std::size_t>(options.max_candidates)) {
        all.resize(static_cast<std::size_t>(options.max_candidates));
    }
    std::vector<Candidate> kept;
    for (const Candidate& c : all) {
        const bool covered = std::any_of(kept.begin(), kept.end(), [&](const Candidate& k) {
            return k.class_id == c.class_id && iou(k.box, c.box) > options.iou;
        });
        if (!covered) kept.push_back(c);
    }
    kept.resize(std::min(kept.size(), static_cast<std::size_t>(options.max_detections)));
    return kept;
}

std::vector<Candidate> random_candidates(int count, int classes, int levels, std::mt19937& random) {
    // Corners on a grid of halves, so that the areas and IoUs of both ways are exact.
    std::uniform_int_distribution<int> place(0, 400), side(0, 160), level(1, levels);
    std::vector<Candidate> all;
    for (int i = 0; i < count; ++i) {
        const float x = 0.5F * static_cast<float>(place(random));
        const float y = 0.5F * static_cast<float>(place(random));
        const float w = 0.5F * static_cast<float>(side(random));
        const float h = 0.5F * static_cast<float>(side(random));
        all.push_back({{x, y, x + w, y + h},
                       static_cast<float>(level(random)) / static_cast<float>(levels),
                       static_cast<int>(random() % static_cast<unsigned>(classes)),
                       static_cast<std::uint32_t>(i)});
    }
    std::shuffle(all.begin(), all.end(), random);
    return all;
}

TEST(Nms, AgreesWithTheDefinition) {
    std::mt19937 random(1);
    for (int round = 0; round < 60; ++round) {
        NmsOptions options;
        options.iou = std::array{0.0F, 0.3F, 0.5F, 0.7F, 0.9F}[static_cast<std::size_t>(round % 5)];
        options.max_detections = round % 3 == 0 ? 20 : 300;
        options.max_candidates = round % 4 == 0 ? 150 : 30000;
        const auto all =
            random_candidates(10 * round, 1 + round % 4, round % 2 == 0 ? 10 : 100000, random);
        Nms nms(options);
        std::vector<Candidate> kept;
        nms.run(all, kept);
        EXPECT_EQ(orders(kept), orders(reference(all, options))) << round;
        nms.run(all, kept);  // its memory is used again
        EXPECT_EQ(orders(kept), orders(reference(all, options))) << round;
    }
}

TEST(Nms, ClassesDoNotSuppressEachOther) {
    const std::vector<Candidate> all{
        {{0, 0, 10, 10}, 0.9F, 0, 0}, {{0, 0, 10, 10}, 0.8F, 1, 1}, {{0, 0, 10, 10}, 0.7F, 0, 2}};
    std::vector<Candidate> kept;
    Nms({}).run(all, kept);
    EXPECT_EQ(orders(kept), (std::vector<std::uint32_t>{0, 1}));
}

TEST(Nms, EqualScoresGoByOrderAndTheThresholdItselfIsAllowed) {
    // IoU of neighbours exactly 1/3.
    const std::vector<Candidate> all{{{0, 10, 10, 30}, 0.5F, 0, 7}, {{0, 0, 10, 20}, 0.5F, 0, 3}};
    std::vector<Candidate> kept;
    Nms({0.5F, 300, 30000}).run(all, kept);
    EXPECT_EQ(orders(kept), (std::vector<std::uint32_t>{3, 7}));
    Nms({0.33F, 300, 30000}).run(all, kept);
    EXPECT_EQ(orders(kept), (std::vector<std::uint32_t>{3}));
}

TEST(Nms, AnIouOfOneOnlyOrdersAndLimits) {
    std::vector<Candidate> all;
    for (std::uint32_t i = 0; i < 50; ++i) {
        all.push_back({{0, 0, 10, 10}, 0.01F * static_cast<float>(i + 1), 0, i});
    }
    std::vector<Candidate> kept;
    Nms({1.0F, 3, 30000}).run(all, kept);
    EXPECT_EQ(orders(kept), (std::vector<std::uint32_t>{49, 48, 47}));
}

TEST(Nms, NothingInNothingOut) {
    std::vector<Candidate> kept(3);
    Nms({}).run({}, kept);
    EXPECT_TRUE(kept.empty());
}

}  // namespace
}  // namespace saccade::vision
