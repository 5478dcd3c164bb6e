#include "settings/list_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade::settings {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ListText, IsSplitAtItsSeparatorAndQuotesHoldTogether) {
    EXPECT_THAT(split_list("a, b ,,c ", ',').value(), ElementsAre("a", "b", "c"));
    EXPECT_THAT(split_list("", ',').value(), IsEmpty());
    EXPECT_THAT(split_list("\"traffic light, red\", person", ',').value(),
                ElementsAre("traffic light, red", "person"));
    EXPECT_THAT(split_list("\"a \"\"b\"\"\"", ',').value(), ElementsAre("a \"b\""));
    EXPECT_THAT(split_list("12\" pizza,b", ',').value(), ElementsAre("12\" pizza", "b"));
    EXPECT_THAT(split_list("1,2,3,4:x; 5,6,7,8", ';').value(), ElementsAre("1,2,3,4:x", "5,6,7,8"));
    EXPECT_EQ(split_list("\"a,b", ',').error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(split_list("\"a\"b,c", ',').error().code, ErrorCode::invalid_argument);
}

TEST(ListText, ReadsBackWhatItJoined) {
    const std::vector<std::string> values = {"a", "b, c", "\"d\"", " e ", "f\"g", "h;i"};
    EXPECT_EQ(split_list(join_list(values, ','), ',').value(), values);
    EXPECT_EQ(split_list(join_list(values, ';'), ';').value(), values);
    EXPECT_EQ(join_list(std::vector<std::string>{"a", "b"}, ','), "a,b");
}

}  // namespace
}  // namespace saccade::settings
