#include "cli/interrupts.h"

#include <gtest/gtest.h>

namespace saccade::cli {
namespace {

using namespace std::chrono_literals;
using Action = Interrupts::Action;

TEST(Interrupts, SignalsThatComeTogetherAreOne) {
    const std::chrono::steady_clock::time_point start{5h};
    Interrupts interrupts;
    EXPECT_EQ(interrupts.signalled(start), Action::stop);
    EXPECT_EQ(interrupts.signalled(start), Action::nothing);
    EXPECT_EQ(interrupts.signalled(start + 3ms), Action::nothing);
    EXPECT_EQ(interrupts.signalled(start + 1s), Action::nothing);
}

TEST(Interrupts, OneThatComesLaterEndsTheProcess) {
    const std::chrono::steady_clock::time_point start{5h};
    Interrupts interrupts;
    EXPECT_EQ(interrupts.signalled(start), Action::stop);
    EXPECT_EQ(interrupts.signalled(start + 2ms), Action::nothing);
    EXPECT_EQ(interrupts.signalled(start + 1001ms), Action::exit);
}

}  // namespace
}  // namespace saccade::cli
