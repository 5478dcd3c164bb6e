#include "cli/toml_text.h"

#include <gtest/gtest.h>

namespace saccade::cli {
namespace {

TEST(TomlText, StringsAreQuotedAndEscaped) {
    EXPECT_EQ(*toml_string("plain \xc3\xa4 \xef\xbf\xbd", "out"),
              "\"plain \xc3\xa4 \xef\xbf\xbd\"");
    EXPECT_EQ(*toml_string("a\"b\\c", "out"), R"("a\"b\\c")");
    EXPECT_EQ(*toml_string("a\nb\tc\x7f", "out"), R"("a\u000Ab\u0009c\u007F")");
}

TEST(TomlText, WhatIsNoUtf8IsRefusedByName) {
    for (const char* bad : {"\xff", "ok\xc3", "\xed\xa0\x80", "\xc0\xaf"}) {
        const auto text = toml_string(bad, "out");
        ASSERT_FALSE(text);
        EXPECT_EQ(text.error().code, ErrorCode::invalid_argument);
        EXPECT_EQ(text.error().message.substr(0, 4), "out:");
    }
    EXPECT_EQ(toml_comment("a\xff\nb \xc3\xa4"), "a??b \xc3\xa4");
}

TEST(TomlText, DotsAreCountedOutsideQuotes) {
    const std::string dots(1001, '.');
    EXPECT_TRUE(check_nesting("a = \"" + dots + "\"\n[x.y]\nb = '" + dots + "'\n", "c.toml"));
    EXPECT_TRUE(check_nesting("a = \"\\\"" + dots + "\"\n", "c.toml"));
    for (const std::string& text :
         {"\n[a" + dots + "]", "\na" + dots + "=1", "\n\"\\\\\"" + dots, "\n'x'" + dots + "\n"}) {
        const auto checked = check_nesting(text, "c.toml");
        ASSERT_FALSE(checked) << text.substr(0, 20);
        EXPECT_NE(checked.error().message.find("c.toml:2"), std::string::npos);
    }
}

}  // namespace
}  // namespace saccade::cli
