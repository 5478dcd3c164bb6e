#include "core/text_file.h"

#include <gtest/gtest.h>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

TEST(TextFile, IsReadWhole) {
    const test::TempDir dir;
    const std::string text = std::string(100'000, 'x') + '\0' + "end\n";
    test::write_file(dir / "a", text);
    EXPECT_EQ(read_text_file(dir / "a"), text);
    test::write_file(dir / "empty", "");
    EXPECT_EQ(read_text_file(dir / "empty"), "");
}

TEST(TextFile, WrittenTextHasNoMarkAndOneKindOfLine) {
    const test::TempDir dir;
    test::write_file(dir / "a",
                     "\xef\xbb\xbf"
                     "a\r\nb\rc\n\r\n");
    EXPECT_EQ(read_written_text(dir / "a"), "a\nb\nc\n\n");
    test::write_file(dir / "a", "\xc3\xa9\n");
    EXPECT_EQ(read_written_text(dir / "a"), "\xc3\xa9\n");
    test::write_file(dir / "a", "");
    EXPECT_EQ(read_written_text(dir / "a"), "");
    EXPECT_EQ(read_written_text(dir / "none").error().code, ErrorCode::not_found);
}

TEST(TextFile, WrittenTextOfOtherEncodingsIsNamed) {
    using namespace std::string_view_literals;
    const test::TempDir dir;
    const std::pair<std::string_view, const char*> cases[] = {{"\xff\xfe"
                                                               "a\0\n\0"sv,
                                                               "UTF-16"},
                                                              {"\xfe\xff\0a\0\n"sv, "UTF-16"},
                                                              {"a\0\n\0"sv, "UTF-16"},
                                                              {"\0a\0\n"sv, "UTF-16"},
                                                              {"\xff\xfe\0\0"
                                                               "a\0\0\0"sv,
                                                               "UTF-32"},
                                                              {"\0\0\xfe\xff\0\0\0a"sv, "UTF-32"}};
    for (const auto& [bytes, encoding] : cases) {
        test::write_file(dir / "a", bytes);
        const auto read = read_written_text(dir / "a");
        ASSERT_FALSE(read) << encoding;
        EXPECT_EQ(read.error().code, ErrorCode::unsupported);
        EXPECT_NE(read.error().message.find(encoding), std::string::npos);
    }
}

// Iterators over a std::ifstream throw here, and end a thread that nobody watches.
TEST(TextFile, WhatCanNotBeReadIsAnError) {
    const test::TempDir dir;
    EXPECT_EQ(read_text_file(dir / "none").error().code, ErrorCode::not_found);
    EXPECT_EQ(read_text_file(dir.path()).error().code, ErrorCode::unreadable);
    EXPECT_EQ(read_text_file("/proc/self/mem").error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace saccade
