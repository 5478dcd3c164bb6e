#include "pipeline/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace saccade::pipeline {
namespace {

using std::chrono::nanoseconds;

TEST(Histogram, EmptyIsZero) {
    const Histogram h;
    EXPECT_EQ(h.percentile(0.5).count(), 0);
    EXPECT_EQ(h.mean().count(), 0);
}

TEST(Histogram, KeepsTheFirstToTheNanosecond) {
    Histogram h, other, empty;
    EXPECT_EQ(h.first().count(), 0);
    h.add(nanoseconds(1'234'567));
    h.add(nanoseconds(5));
    other.add(nanoseconds(9));
    EXPECT_EQ(h.first().count(), 1'234'567);
    h.merge(other);
    EXPECT_EQ(h.first().count(), 1'234'567);
    empty.merge(other);
    EXPECT_EQ(empty.first().count(), 9);
}

TEST(Histogram, PercentilesAreWithinTwoPercentOfTheSortedSample) {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> durations(12, 2);
    std::vector<long> sample;
    Histogram h;
    for (int i = 0; i < 20000; ++i) {
        const auto ns = std::min<long>(static_cast<long>(durations(random)), 17'000'000'000);
        sample.push_back(ns);
        h.add(nanoseconds(ns));
    }
    std::sort(sample.begin(), sample.end());
    for (const double p : {0.01, 0.5, 0.9, 0.99, 0.999}) {
        const auto exact = static_cast<double>(
            sample[static_cast<std::size_t>(p * static_cast<double>(sample.size()) + 0.5) - 1]);
        const auto got = static_cast<double>(h.percentile(p).count());
        EXPECT_GE(got, exact) << p;
        EXPECT_LE(got, exact * 1.02 + 1) << p;
    }
    EXPECT_EQ(h.max().count(), sample.back());
}

TEST(Histogram, ExtremesDoNotEscapeTheBuckets) {
    Histogram h;
    h.add(nanoseconds(-5));
    h.add(nanoseconds(0));
    h.add(std::chrono::hours(10));
    EXPECT_EQ(h.count(), 3U);
    EXPECT_EQ(h.percentile(0.0).count(), 0);
    EXPECT_GT(h.percentile(1.0), std::chrono::seconds(17));
    EXPECT_EQ(h.max(), std::chrono::hours(10));
}

TEST(Histogram, MergeEqualsAddingAll) {
    Histogram a, b, all;
    for (int i = 1; i < 1000; ++i) {
        (i % 3 == 0 ? a : b).add(nanoseconds(i * i));
        all.add(nanoseconds(i * i));
    }
    a.merge(b);
    EXPECT_EQ(a.count(), all.count());
    EXPECT_EQ(a.sum(), all.sum());
    EXPECT_EQ(a.percentile(0.37), all.percentile(0.37));
}

}  // namespace
}  // namespace saccade::pipeline
