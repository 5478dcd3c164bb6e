#include "saccade/status.h"

#include <gtest/gtest.h>

namespace saccade {
namespace {

TEST(Status, WordsAreReadBack) {
    for (const Status status :
         {Status::complete, Status::partial, Status::interrupted, Status::failed}) {
        EXPECT_FALSE(to_string(status).empty());
        EXPECT_EQ(status_from(to_string(status)), status);
    }
    EXPECT_EQ(to_string(Status::partial), "partial");
    EXPECT_FALSE(status_from("done"));
    EXPECT_FALSE(status_from(""));
}

}  // namespace
}  // namespace saccade
