#include "core/process_age.h"

#include <gtest/gtest.h>

#include <thread>

namespace saccade {
namespace {

using namespace std::chrono_literals;

TEST(ProcessAge, GrowsWithTheClock) {
    const auto start = std::chrono::steady_clock::now();
    const auto before = process_age();
    std::this_thread::sleep_for(30ms);
    const auto grown = process_age() - before, passed = std::chrono::steady_clock::now() - start;
    EXPECT_GE(before, 0ns);
    EXPECT_LT(before, 1h) << "this test has only just been started";
    EXPECT_GE(grown, 30ms);
    EXPECT_LE(grown, passed);
}

}  // namespace
}  // namespace saccade
