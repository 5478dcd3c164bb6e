#include "core/percent.h"

#include <gtest/gtest.h>

namespace saccade {
namespace {

TEST(Percent, EncodesAllThatAUrlReserves) {
    EXPECT_EQ(percent_encoded("a-Z_0.9~"), "a-Z_0.9~");
    EXPECT_EQ(percent_encoded("p@ss/w:rd%"), "p%40ss%2Fw%3Ard%25");
    EXPECT_EQ(percent_encoded("caf\xC3\xA9 1", "/"), "caf%C3%A9%201");
    EXPECT_EQ(percent_encoded("yard/annotated", "/"), "yard/annotated");
}

TEST(Percent, DecodesWhatIsEncodedAndLeavesTheRest) {
    EXPECT_EQ(percent_decoded("p%40ss%2fw"), "p@ss/w");
    EXPECT_EQ(percent_decoded("100%"), "100%");
    EXPECT_EQ(percent_decoded("%4"), "%4");
    EXPECT_EQ(percent_decoded("%zz%41"), "%zzA");
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    EXPECT_EQ(percent_decoded(percent_encoded(all)), all);
}

}  // namespace
}  // namespace saccade
