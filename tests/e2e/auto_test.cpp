// `--auto` through the binary: it changes how fast results come, and never which.
#include <gtest/gtest.h>

#include "support/program.h"

namespace saccade {
namespace {

TEST(AutoFlag, GivesTheSameTracks) {
    test::Program program;
    const std::string source = "synthetic:frames=40&width=320&height=240";
    const auto plain = program.run({"track", source, "--out", (program.dir() / "plain").string()});
    ASSERT_EQ(plain.exit_code, 0) << plain.err;
    const auto chosen = program.run({"track", source, "--auto", "-v"});
    ASSERT_EQ(chosen.exit_code, 0) << chosen.err;
    EXPECT_NE(chosen.err.find("auto: batch 2"), std::string::npos) << chosen.err;
    const auto names = program.outputs();
    ASSERT_EQ(names.size(), 1U);  // the probe leaves nothing behind
    EXPECT_EQ(test::read_file(program.out() / names[0]),
              test::read_file(program.dir() / "plain" / names[0]));
}

TEST(AutoFlag, RefusesStandardInput) {
    test::Program program;
    const auto result = program.run({"track", "-", "--auto"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_NE(result.err.find("--auto"), std::string::npos);
}

}  // namespace
}  // namespace saccade
