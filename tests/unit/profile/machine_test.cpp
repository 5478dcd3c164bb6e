#include "profile/machine.h"

#include <gtest/gtest.h>

namespace saccade::profile {
namespace {

TEST(Machine, ValuesAreFoundInTheKernelsWords) {
    const char* text = "processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU @ 2.60GHz\nflags: a b\n";
    EXPECT_EQ(find_value(text, "model name", ':'), "Intel(R) Xeon(R) CPU @ 2.60GHz");
    EXPECT_EQ(find_value(text, "flags", ':'), "a b");
    EXPECT_EQ(find_value(text, "model", ':'), "");
    EXPECT_EQ(find_value("NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12\"", "PRETTY_NAME", '='),
              "Debian GNU/Linux 12");
    EXPECT_EQ(find_value("", "x", ':'), "");
    EXPECT_EQ(find_value("x:", "x", ':'), "");
}

TEST(Machine, DescribesThisOne) {
    const Machine machine = describe_machine();
    EXPECT_GE(machine.cores, 1);
    EXPECT_GT(machine.memory, std::size_t{64} << 20U);
    EXPECT_FALSE(machine.kernel.empty());
    EXPECT_NE(in_one_line(machine).find(std::to_string(machine.cores) + " core"),
              std::string::npos);
}

}  // namespace
}  // namespace saccade::profile
