#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>

#include "support/program.h"

namespace saccade {
namespace {

using namespace std::chrono_literals;

/// Until something is in a file of outputs.
std::function<bool()> something_written(const test::Program& program) {
    return [&program] {
        const auto names = program.outputs();
        return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            std::error_code gone;
            const auto bytes = std::filesystem::file_size(program.out() / name, gone);
            return !gone && bytes > 0;
        });
    };
}

TEST(Interrupt, OutputsAreWholeAndMarked) {
    test::Program program;
    const auto result =
        program.run({"track", "synthetic:frames=1000000", "--save", "mot,jsonl,csv"},
                    {.interrupt_when = something_written(program)});
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

TEST(Interrupt, SignalsThatComeTogetherCostNothing) {
    // As coreutils' timeout sends them: to the process, and to the group that it is in.
    for (const int signal : {SIGINT, SIGTERM}) {
        test::Program program;
        const auto result =
            program.run({"track", "synthetic:frames=1000000", "--save", "mot,jsonl"},
                        {.interrupt_when = something_written(program),
                         .signal = signal,
                         .again = {0ms, 3ms, 20ms}});
        EXPECT_EQ(result.exit_code, 130) << result.err;
        EXPECT_THAT(result.out, testing::HasSubstr("interrupted"));
        EXPECT_TRUE(std::filesystem::exists(program.out() / "synthetic-frames-1000000.jsonl"));
        EXPECT_TRUE(std::filesystem::exists(program.out() / "synthetic-frames-1000000.txt"));
    }
}

TEST(Interrupt, ASecondOneThatComesLaterEndsARunThatHangs) {
    // A pipe that nobody reads: the run waits for a reader for ever.
    test::Program program;
    program.run({"doctor"});
    std::filesystem::create_directories(program.out());
    ASSERT_EQ(::mkfifo((program.out() / "synthetic-frames-9.txt").c_str(), 0600), 0);
    // Outputs are begun in this order: once the first one is there, the pipe is next.
    const auto begun = [&] {
        const auto names = program.outputs();
        return std::any_of(names.begin(), names.end(), [](const std::string& name) {
            return name.find("jsonl") != std::string::npos;
        });
    };
    const auto result = program.run({"track", "synthetic:frames=9", "--save", "jsonl,mot"},
                                    {.interrupt_when = begun, .again = {100ms, 1300ms}});
    EXPECT_EQ(result.signal, 0);
    EXPECT_EQ(result.exit_code, 130) << result.err;
    EXPECT_EQ(result.out, "");  // no summary: it was not waited for
}

}  // namespace
}  // namespace saccade
