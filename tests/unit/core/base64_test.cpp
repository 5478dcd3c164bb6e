#include "core/base64.h"

#include <gtest/gtest.h>

namespace saccade {
namespace {

TEST(Base64, GivesTheVectorsOfRfc4648) {
    EXPECT_EQ(to_base64(""), "");
    EXPECT_EQ(to_base64("f"), "Zg==");
    EXPECT_EQ(to_base64("fo"), "Zm8=");
    EXPECT_EQ(to_base64("foo"), "Zm9v");
    EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
    EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
    EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(to_base64(std::string("\xFB\xFF\0", 3)), "+/8A");
}

TEST(Base64, LongBytesAreOneText) {
    const std::size_t size = std::size_t{7} << 20U;  // several pieces, and one byte over
    const std::string text = to_base64(std::string(size, '\0'));
    ASSERT_EQ(text.size(), (size + 2) / 3 * 4);
    EXPECT_EQ(text.find_first_not_of('A'), text.size() - 2);
    EXPECT_EQ(text.substr(text.size() - 2), "==");
}

}  // namespace
}  // namespace saccade
