#include "core/patience.h"

#include <gtest/gtest.h>

namespace saccade {
namespace {

using namespace std::chrono_literals;

struct Script {
    int failures = 0;
    ErrorCode code = ErrorCode::out_of_memory;
    int calls = 0, told = 0;

    Result<int> run(Patience patience, const std::stop_token& stop = {}) {
        return while_no_memory(
            [&]() -> Result<int> {
                if (++calls <= failures) return fail(code, "none");
                return calls;
            },
            patience, stop, [&] { ++told; });
    }
};

TEST(WhileNoMemory, TriesAgainAndSaysSoOnce) {
    Script script{.failures = 3};
    EXPECT_EQ(script.run({.total = 1000ms, .pause = 1ms}), 4);
    EXPECT_EQ(script.told, 1);
}

TEST(WhileNoMemory, SaysNothingWhereItIsThere) {
    Script script;
    EXPECT_EQ(script.run({}), 1);
    EXPECT_EQ(script.told, 0);
}

TEST(WhileNoMemory, EndsWithItsPatience) {
    Script script{.failures = 100};
    EXPECT_EQ(script.run({.total = 5ms, .pause = 1ms}).error().code, ErrorCode::out_of_memory);
    EXPECT_EQ(script.calls, 6);
}

TEST(WhileNoMemory, OtherFailuresAreFinal) {
    Script script{.failures = 1, .code = ErrorCode::unsupported};
    EXPECT_EQ(script.run({}).error().code, ErrorCode::unsupported);
    EXPECT_EQ(script.calls, 1);
}

TEST(WhileNoMemory, NobodyWaitsWhoIsToStop) {
    Script script{.failures = 100};
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(script.run({}, stop.get_token()));
    EXPECT_EQ(script.calls, 1);
}

}  // namespace
}  // namespace saccade
