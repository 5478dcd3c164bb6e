#include "engine/decoders_of_a_file.h"

#include <gtest/gtest.h>

namespace saccade::engine {
namespace {

TEST(DecodersOfAFile, AreAsSetAndOneOnAHost) {
    Settings settings;
    EXPECT_EQ(decoders_of_a_file(settings, -1, 1), 1U);
    EXPECT_GE(decoders_of_a_file(settings, 0, 1), 1U) << "whatever is here";
    EXPECT_EQ(decoders_of_a_file(settings, 0, 1000), 1U);
    settings.decoders = 5;
    EXPECT_EQ(decoders_of_a_file(settings, -1, 16), 5U);
    EXPECT_EQ(decoders_of_a_file(settings, 0, 16), 5U);
}

}  // namespace
}  // namespace saccade::engine
