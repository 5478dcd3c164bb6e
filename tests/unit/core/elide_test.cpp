#include "core/elide.h"

#include <gtest/gtest.h>

namespace saccade {
namespace {

TEST(Elide, ShortTextStays) {
    EXPECT_EQ(elided(""), "");
    EXPECT_EQ(elided(std::string(100, 'x')), std::string(100, 'x'));
}

TEST(Elide, LongTextKeepsItsEnds) {
    const std::string text = elided("abc" + std::string(1 << 20, 'x') + "xyz", 20);
    EXPECT_EQ(text, "abcxxxxxxx[...]xxxyz");
}

TEST(Elide, CharactersAreNotCut) {
    std::string umlauts;
    for (int i = 0; i < 1000; ++i) umlauts += "\xc3\xa4";
    for (std::size_t most = 5; most < 30; ++most) {
        const std::string text = elided(umlauts, most);
        EXPECT_LE(text.size(), most);
        const auto gap = text.find("[...]");
        ASSERT_NE(gap, std::string::npos);
        EXPECT_EQ(gap % 2, 0U);
        EXPECT_EQ((text.size() - gap - 5) % 2, 0U);
    }
    EXPECT_LE(elided(std::string(1000, '\x80')).size(), 100U);
}

}  // namespace
}  // namespace saccade
