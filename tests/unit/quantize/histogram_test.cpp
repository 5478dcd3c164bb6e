#include "quantize/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "quantize/ranges.h"

namespace saccade::quantize {
namespace {

std::vector<float> normal(std::size_t count, float deviation, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> values(0, deviation);
    std::vector<float> out(count);
    for (float& x : out) x = values(random);
    return out;
}

TEST(Histogram, CountsAreTheSameInAnyOrder) {
    auto values = normal(20'000, 3, 1);
    values.push_back(700);
    values.push_back(1e-6F);
    Histogram forth, back, parts;
    forth.add(values);
    std::reverse(values.begin(), values.end());
    back.add(values);
    for (std::size_t i = 0; i < values.size(); i += 7) {
        parts.add(std::span(values).subspan(i, std::min<std::size_t>(7, values.size() - i)));
    }
    EXPECT_EQ(forth, back);
    EXPECT_EQ(forth, parts);
    EXPECT_EQ(forth.count(), values.size());
    EXPECT_EQ(forth.most(), 700);
}

TEST(Histogram, EachValueIsInItsBin) {
    Histogram h;
    const std::vector<float> values{-3, -0.5F, 0, 0.25F, 7};
    h.add(values);
    for (const float x : values) {
        const auto bin = static_cast<std::size_t>(std::floor(x / h.width()) + Histogram::side);
        EXPECT_EQ(h.bins()[bin], 1U) << x;
        EXPECT_LE(std::fabs(h.center(bin) - x), h.width() / 2 + 1e-12) << x;
    }
    EXPECT_LE(h.width() * 512, 7);  // fine enough for 256 levels
}

TEST(Histogram, WhatIsNotFiniteIsCountedApart) {
    Histogram h;
    const float infinity = std::numeric_limits<float>::infinity();
    h.add(std::vector<float>{1, infinity, -infinity, std::nanf("")});
    EXPECT_EQ(h.not_finite(), 3U);
    EXPECT_EQ(h.count(), 1U);
    EXPECT_EQ(h.most(), 1);
}

TEST(Ranges, MinMaxCutsNothing) {
    Histogram h;
    h.add(std::vector<float>{-0.25F, 0, 5});
    const auto range = choose_range(h, Method::minmax);
    EXPECT_EQ(range, (model::Int8Range{-0.25F, 5, 5}));
}

TEST(Ranges, ZeroIsAlwaysWithin) {
    for (const Method method : methods) {
        Histogram above, below, zeros;
        above.add(std::vector<float>{2, 3, 4});
        below.add(std::vector<float>{-2, -3});
        zeros.add(std::vector<float>{0, 0});
        EXPECT_LE(choose_range(above, method).low, 0) << to_string(method);
        EXPECT_GT(choose_range(above, method).high, 1) << to_string(method);
        EXPECT_GE(choose_range(below, method).high, 0) << to_string(method);
        EXPECT_LT(choose_range(below, method).low, -1) << to_string(method);
        EXPECT_EQ(choose_range(zeros, method), (model::Int8Range{0, 1, 1})) << to_string(method);
    }
}

/// Mean squared error of 256 levels between the ends, by the values themselves.
double error_of(const std::vector<float>& values, float low, float high) {
    const double scale = (static_cast<double>(high) - low) / 255;
    double sum = 0;
    for (const float x : values) {
        const double level = std::nearbyint(std::clamp<double>(x, low, high) / scale) * scale;
        sum += (x - level) * (x - level);
    }
    return sum / static_cast<double>(values.size());
}

TEST(Ranges, TheLeastSquaredErrorCutsAStrayValue) {
    auto values = normal(200'000, 1, 2);
    values.push_back(60);
    Histogram h;
    h.add(values);
    const auto mse = choose_range(h, Method::mse), all = choose_range(h, Method::minmax);
    EXPECT_LT(mse.high, 59);
    EXPECT_LT(error_of(values, mse.low, mse.high), error_of(values, all.low, all.high));
    // No other end does better, but for the grid of ends that are tried.
    for (float high = 2; high <= 60; high += 1) {
        EXPECT_LT(error_of(values, mse.low, mse.high), 1.02 * error_of(values, mse.low, high))
            << high;
    }
    EXPECT_LT(choose_range(h, Method::percentile).high, 6);
    EXPECT_LT(choose_range(h, Method::entropy).high, 40);
}

TEST(Ranges, NamesComeBack) {
    for (const Method method : methods) EXPECT_EQ(method_from(to_string(method)), method);
    EXPECT_FALSE(method_from("auto"));
}

}  // namespace
}  // namespace saccade::quantize
