#include "cli/exit_code.h"

#include <gtest/gtest.h>

namespace saccade::cli {
namespace {

RunSummary with(std::initializer_list<Status> statuses) {
    RunSummary summary;
    for (const Status status : statuses) {
        summary.streams.emplace_back();
        summary.streams.back().status = status;
    }
    return summary;
}

TEST(ExitCode, IsTheWorstOfAllStreams) {
    EXPECT_EQ(exit_code(with({Status::complete, Status::complete})), 0);
    EXPECT_EQ(exit_code(with({Status::complete, Status::partial})), 3);
    EXPECT_EQ(exit_code(with({Status::failed, Status::partial})), 1);
    EXPECT_EQ(exit_code(with({Status::failed, Status::interrupted})), 130);
}

TEST(ExitCode, WrongUseIsTwo) {
    EXPECT_EQ(exit_code(Error{ErrorCode::invalid_argument, "", ""}), 2);
    EXPECT_EQ(exit_code(Error{ErrorCode::not_found, "", ""}), 1);
}

}  // namespace
}  // namespace saccade::cli
