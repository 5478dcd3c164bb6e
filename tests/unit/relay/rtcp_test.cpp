#include "relay/rtcp.h"

#include <gtest/gtest.h>

namespace saccade::relay {
namespace {

std::uint32_t word(const std::vector<std::uint8_t>& bytes, std::size_t at) {
    return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U |
           std::uint32_t{bytes[at + 2]} << 8U | bytes[at + 3];
}

TEST(SenderReport, TiesATimeOfTheDayToThePicture) {
    Burst burst;
    burst.rtp_time = 0x01020304;
    burst.wall_ns = 1'000'000'000LL * 1'764'280'800 + 250'000'000;
    const auto bytes = sender_report(0xA0B0C0D0, burst, {7, 9000});
    ASSERT_EQ(bytes.size(), 48U);  // both lengths, in words, say as much
    EXPECT_EQ(word(bytes, 0), 0x80C80006U);
    EXPECT_EQ(word(bytes, 4), 0xA0B0C0D0U);
    EXPECT_EQ(word(bytes, 8), 1'764'280'800U + 2'208'988'800U);
    EXPECT_EQ(word(bytes, 12), 0x40000000U);  // a quarter of a second
    EXPECT_EQ(word(bytes, 16), 0x01020304U);
    EXPECT_EQ(word(bytes, 20), 7U);
    EXPECT_EQ(word(bytes, 24), 9000U);
    EXPECT_EQ(word(bytes, 28), 0x81CA0004U);
    EXPECT_EQ(word(bytes, 32), 0xA0B0C0D0U);
    EXPECT_EQ(bytes[36], 1);
    EXPECT_EQ(bytes[37], 7);
    EXPECT_EQ(bytes[47], 0);
}

TEST(Goodbye, NamesWhoGoes) {
    const auto bytes = goodbye(5);
    ASSERT_EQ(bytes.size(), 8U);
    EXPECT_EQ(word(bytes, 0), 0x81CB0001U);
    EXPECT_EQ(word(bytes, 4), 5U);
}

}  // namespace
}  // namespace saccade::relay
