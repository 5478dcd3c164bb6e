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

// Iterators over a std::ifstream throw here, and end a thread that nobody watches.
TEST(TextFile, WhatCanNotBeReadIsAnError) {
    const test::TempDir dir;
    EXPECT_EQ(read_text_file(dir / "none").error().code, ErrorCode::not_found);
    EXPECT_EQ(read_text_file(dir.path()).error().code, ErrorCode::unreadable);
    EXPECT_EQ(read_text_file("/proc/self/mem").error().code, ErrorCode::unreadable);
}

}  // namespace
}  // namespace saccade
