// Models that are made once: by one at a time, again where they were changed, and not at all where
// making fails.
#include "engine/cached_model.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::engine {
namespace {

namespace fs = std::filesystem;

class KeptModel : public testing::Test {
  protected:
    Result<fs::path> kept(const std::string& key, const std::string& bytes = "network") {
        return kept_model(dir_.path(), "net_int8.onnx", key, {}, [&](const fs::path& to) {
            ++made_;
            test::write_file(to, bytes);
            return Result<void>();
        });
    }
    test::TempDir dir_;
    std::atomic<int> made_{0};
};

TEST_F(KeptModel, IsMadeOnceForEachKey) {
    const auto first = kept("a");
    ASSERT_TRUE(first) << first.error().line();
    EXPECT_EQ(test::read_file(*first), "network");
    EXPECT_EQ(first->filename(), "net_int8.onnx");
    EXPECT_EQ(kept("a").value(), *first);
    EXPECT_EQ(made_, 1);
    EXPECT_NE(kept("b").value(), *first);
    EXPECT_EQ(made_, 2);
}

TEST_F(KeptModel, IsMadeAgainWhereItsBytesAreOthers) {
    const auto path = kept("a").value();
    test::write_file(path, "something else");
    EXPECT_EQ(test::read_file(kept("a").value()), "network");
    EXPECT_EQ(made_, 2);
    fs::remove(path);
    EXPECT_EQ(test::read_file(kept("a").value()), "network");
    EXPECT_EQ(made_, 3);
}

TEST_F(KeptModel, NothingIsKeptWhereMakingFails) {
    const auto failed = kept_model(dir_.path(), "n.onnx", "a", {}, [](const fs::path& to) {
        test::write_file(to, "half");
        return Result<void>(fail(ErrorCode::unsupported, "loses too much"));
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "loses too much");
    // What was left there is not taken for a model.
    const auto again = kept_model(dir_.path(), "n.onnx", "a", {}, [](const fs::path& to) {
        test::write_file(to, "whole");
        return Result<void>();
    });
    EXPECT_EQ(test::read_file(again.value()), "whole");
}

TEST_F(KeptModel, OneOfSeveralMakesIt) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] { EXPECT_EQ(test::read_file(kept("a").value()), "network"); });
    }
    threads.clear();
    EXPECT_EQ(made_, 1);
}

}  // namespace
}  // namespace saccade::engine
