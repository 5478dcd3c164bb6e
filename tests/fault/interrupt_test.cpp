#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/program.h"

namespace saccade {
namespace {

TEST(Interrupt, OutputsAreWholeAndMarked) {
    test::Program program;
    const auto something_written = [&] {
        const auto names = program.outputs();
        return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            std::error_code gone;
            const auto bytes = std::filesystem::file_size(program.out() / name, gone);
            return !gone && bytes > 0;
        });
    };
    const auto result =
        program.run({"track", "synthetic:frames=1000000", "--save", "mot,jsonl,csv"},
                    {.interrupt_when = something_written});
    EXPECT_EQ(result.signal, 0);
    EXPECT_EQ(result.exit_code, 130) << result.err;
    EXPECT_THAT(result.out, testing::HasSubstr("interrupted"));

    const std::string lines = test::read_file(program.out() / "synthetic-frames-1000000.jsonl");
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines.back(), '\n');
    const auto frames = std::count(lines.begin(), lines.end(), '\n') - 2;
    EXPECT_GT(frames, 0);
    const std::string footer = lines.substr(lines.rfind('\n', lines.size() - 2) + 1);
    EXPECT_THAT(footer, testing::HasSubstr("interrupted"));
    EXPECT_THAT(footer, testing::HasSubstr(std::to_string(frames)));
    EXPECT_TRUE(std::filesystem::exists(program.out() / "synthetic-frames-1000000.txt"));
    EXPECT_TRUE(std::filesystem::exists(program.out() / "synthetic-frames-1000000.txt.partial"));
    for (const std::string& name : program.outputs()) EXPECT_NE(name.front(), '.') << name;
}

}  // namespace
}  // namespace saccade
