#include "saccade/error.h"

#include <gtest/gtest.h>

namespace saccade {
namespace {

TEST(Error, LineJoinsMessageAndRemedyAndStaysOneLine) {
    EXPECT_EQ((Error{ErrorCode::not_found, "a\nb\x1b", "do c"}.line()), "a b ; do c");
    EXPECT_EQ((Error{ErrorCode::not_found, "a", ""}.line()), "a");
}

TEST(Error, ResultCarriesErrorThrough) {
    const Result<int> inner = fail(ErrorCode::corrupt, "broken");
    const Result<void> outer = fail(inner.error());
    ASSERT_FALSE(outer);
    EXPECT_EQ(outer.error().code, ErrorCode::corrupt);
    EXPECT_EQ(to_string(outer.error().code), "corrupt");
}

}  // namespace
}  // namespace saccade
