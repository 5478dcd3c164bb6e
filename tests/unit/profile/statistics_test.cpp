#include "profile/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace saccade::profile {
namespace {

TEST(Statistics, MedianIsTheMiddleOfTheSorted) {
    EXPECT_EQ(median({}), 0);
    EXPECT_EQ(median({3}), 3);
    EXPECT_EQ(median({9, 1, 5}), 5);
    EXPECT_EQ(median({4, 1, 3, 100}), 3.5);
    std::mt19937 random(1);
    for (int size = 1; size < 60; ++size) {
        std::vector<double> values(static_cast<std::size_t>(size));
        for (double& v : values) v = static_cast<double>(random() % 1000);
        auto sorted = values;
        std::sort(sorted.begin(), sorted.end());
        const auto n = sorted.size();
        EXPECT_EQ(median(values), 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]));
    }
}

TEST(Statistics, MedianDeviationIgnoresAnOutlier) {
    EXPECT_EQ(median_deviation(std::vector<double>{1, 2, 3, 4, 5}), 1);
    EXPECT_EQ(median_deviation(std::vector<double>{1, 2, 3, 4, 5000}), 1);
    EXPECT_EQ(median_deviation(std::vector<double>{7, 7, 7}), 0);
}

TEST(Statistics, PercentilesAreNearestRanks) {
    std::vector<double> values(100);
    for (std::size_t i = 0; i < 100; ++i) values[i] = static_cast<double>(i + 1);
    EXPECT_EQ(percentile(values, 0.5), 50);
    EXPECT_EQ(percentile(values, 0.95), 95);
    EXPECT_EQ(percentile(values, 0.99), 99);
    EXPECT_EQ(percentile(values, 1), 100);
    EXPECT_EQ(percentile(values, 0), 1);
    EXPECT_EQ(percentile({}, 0.5), 0);
}

TEST(Statistics, ADistributionCountsEverything) {
    const Distribution d = distribution_of({4, 1, 3, 2});
    EXPECT_EQ(d.count, 4U);
    EXPECT_EQ(d.sum, 10);
    EXPECT_EQ(d.mean, 2.5);
    EXPECT_EQ(d.p50, 2);
    EXPECT_EQ(d.max, 4);
}

TEST(Comparison, ASmallChangeIsNone) {
    const Spread before = spread_of(std::vector<double>{100, 100, 100});
    EXPECT_EQ(compare(before, spread_of(std::vector<double>{101.9, 101.9, 101.9}), true).change,
              Change::same);
    EXPECT_EQ(compare(before, spread_of(std::vector<double>{98.1, 98.1, 98.1}), true).change,
              Change::same);
}

TEST(Comparison, AQuietMachineShowsFivePercent) {
    const Spread before = spread_of(std::vector<double>{100, 100.2, 99.9, 100.1, 100});
    const Spread after = spread_of(std::vector<double>{105, 105.2, 104.9, 105.1, 105});
    EXPECT_EQ(compare(before, after, true).change, Change::better);
    EXPECT_EQ(compare(before, after, false).change, Change::worse);
    EXPECT_EQ(compare(after, before, true).change, Change::worse);
    EXPECT_NEAR(compare(before, after, true).ratio, 1.05, 1e-9);
}

TEST(Comparison, ANoisyMachineDoesNot) {
    const Spread before = spread_of(std::vector<double>{100, 92, 108, 95, 105});
    const Spread after = spread_of(std::vector<double>{105, 97, 113, 100, 110});
    const Comparison result = compare(before, after, true);
    EXPECT_EQ(result.change, Change::same);
    EXPECT_GT(result.noise, 0.1);
}

TEST(Comparison, TwoLuckyRepetitionsDoNotHideAWideThird) {
    const Spread before = spread_of(std::vector<double>{100, 100, 120});
    const Spread after = spread_of(std::vector<double>{110, 110, 110});
    EXPECT_EQ(compare(before, after, true).change, Change::same);
}

TEST(Comparison, FalseAlarmsAreRareOnEqualNoise) {
    std::mt19937 random(7);
    std::normal_distribution<double> noise(100, 2);
    int alarms = 0;
    for (int i = 0; i < 1000; ++i) {
        std::vector<double> a(5), b(5);
        for (double& v : a) v = noise(random);
        for (double& v : b) v = noise(random);
        if (compare(spread_of(a), spread_of(b), true).change != Change::same) ++alarms;
    }
    EXPECT_LT(alarms, 50);
}

TEST(ParetoOptimal, AreThoseThatNoOtherBeatsInBoth) {
    const std::vector<Tradeoff> choices{{100, 40}, {80, 50}, {70, 45}, {100, 30}, {80, 50}};
    EXPECT_EQ(pareto_optimal(choices), (std::vector<bool>{true, true, false, false, true}));
    EXPECT_TRUE(pareto_optimal({}).empty());
}

TEST(Comparison, NothingIsClaimedWithoutMeasurements) {
    EXPECT_EQ(compare({}, spread_of(std::vector<double>{1}), true).change, Change::same);
    EXPECT_EQ(
        compare(spread_of(std::vector<double>{0}), spread_of(std::vector<double>{1}), true).change,
        Change::same);
}

TEST(Comparison, WhatOthersTookIsNoChangeOfOurs) {
    const Spread fast = spread_of(std::vector<double>{100, 100, 100});
    const Spread slow = spread_of(std::vector<double>{60, 60, 60});
    EXPECT_EQ(compare(fast, slow, true, 0.5).change, Change::unsure);   // they took half
    EXPECT_EQ(compare(fast, slow, true, 0.1).change, Change::worse);    // too little to be why
    EXPECT_EQ(compare(fast, slow, true, -0.5).change, Change::worse);   // they took less
    EXPECT_EQ(compare(slow, fast, true, -0.5).change, Change::unsure);  // they left
    EXPECT_EQ(compare(slow, fast, true, 0.5).change, Change::better);
    EXPECT_EQ(compare(fast, slow, false, -0.5).change, Change::unsure);  // times: 100 ms to 60 ms
    EXPECT_EQ(compare(fast, fast, true, 0.5).change, Change::same);
}

}  // namespace
}  // namespace saccade::profile
