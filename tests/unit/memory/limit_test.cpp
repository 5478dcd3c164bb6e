#include "memory/limit.h"

#include <gtest/gtest.h>

namespace saccade::memory {
namespace {

std::size_t bytes(const char* text) {
    return parse_limit(text)->bytes;
}

TEST(Limit, SizesHaveDecimalOrBinaryUnits) {
    EXPECT_EQ(bytes("20GB"), 20'000'000'000U);
    EXPECT_EQ(bytes("2GiB"), 2U << 30U);
    EXPECT_EQ(bytes("512MiB"), 512U << 20U);
    EXPECT_EQ(bytes("1.5 gb"), 1'500'000'000U);
    EXPECT_EQ(bytes(""), 0U);
}

TEST(Limit, ANumberAloneIsAShareOfWhatThereIs) {
    const auto limit = parse_limit("0.8");
    ASSERT_TRUE(limit);
    EXPECT_EQ(limit->of(1000), 800U);
    EXPECT_EQ(parse_limit("1")->of(1000), 1000U);
    EXPECT_EQ(parse_limit("20GB")->of(1000), 20'000'000'000U);
}

TEST(Limit, OtherWordsAreRefusedWithAWayOut) {
    for (const char* text : {"20", "0", "-1GB", "GB", "20XB", "1.2", "0.001", "nan", "inf",
                             "1e30GB", "20GBs", "1KB", "a lot"}) {
        const auto limit = parse_limit(text);
        ASSERT_FALSE(limit) << text;
        EXPECT_EQ(limit.error().code, ErrorCode::invalid_argument);
        EXPECT_FALSE(limit.error().remedy.empty());
    }
}

}  // namespace
}  // namespace saccade::memory
