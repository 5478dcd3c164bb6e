#include "vision/store.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>
#include <vector>

namespace saccade::vision {
namespace {

double value_of_half(std::uint16_t bits) {
    const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const double sign = (bits & 0x8000) != 0 ? -1 : 1;
    return sign *
           (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

std::uint16_t half(float value) {
    std::uint16_t bits = 0;
    store_row(&value, 1, SampleType::f16, &bits);
    return bits;
}

TEST(Store, EveryHalfComesBackAsItself) {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        if (((bits >> 10) & 31) == 31) continue;  // infinities and NaN
        const auto h = static_cast<std::uint16_t>(bits);
        ASSERT_EQ(half(static_cast<float>(value_of_half(h))), h);
    }
}

TEST(Store, HalvesAreTheNearestAndTiesAreEven) {
    for (std::uint16_t bits = 0; bits < 0x7bff; ++bits) {
        const double low = value_of_half(bits);
        const double high = value_of_half(static_cast<std::uint16_t>(bits + 1));
        const auto middle = static_cast<float>((low + high) / 2);
        ASSERT_EQ(half(middle), (bits & 1) == 0 ? bits : bits + 1);
        ASSERT_EQ(half(std::nextafter(middle, 0.0F)), bits);
        ASSERT_EQ(half(std::nextafter(middle, 1e9F)), bits + 1);
    }
    EXPECT_EQ(half(65520.0F), 0x7c00);  // rounds over the largest
    EXPECT_EQ(half(1e-30F), 0);
}

TEST(Store, BfloatsAreTheNearest) {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> values(0, 255);
    for (int i = 0; i < 10000; ++i) {
        const float value = values(random);
        std::uint16_t bits = 0;
        store_row(&value, 1, SampleType::bf16, &bits);
        const auto decode = [](int b) {
            return std::bit_cast<float>(static_cast<std::uint32_t>(b) << 16);
        };
        const float error = std::abs(decode(bits) - value);
        ASSERT_LE(error, std::abs(decode(bits - 1) - value));
        ASSERT_LE(error, std::abs(decode(bits + 1) - value));
    }
}

TEST(Store, BytesAreRoundedAndClamped) {
    const std::vector<float> values{-3, 0.49F, 0.5F, 1.5F, 254.6F, 300};
    std::vector<std::uint8_t> bytes(values.size());
    store_row(values.data(), static_cast<int>(values.size()), SampleType::u8, bytes.data());
    EXPECT_EQ(bytes, (std::vector<std::uint8_t>{0, 0, 0, 2, 255, 255}));
}

}  // namespace
}  // namespace saccade::vision
