// What sink.h promises, held against every format of the registry.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <map>

#include "contract/sink/scene.h"
#include "core/file_claims.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

namespace fs = std::filesystem;

/// Every file below `dir`, hidden ones too, with its bytes.
std::map<std::string, std::string> contents(const fs::path& dir) {
    std::map<std::string, std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(dir)) {
        const std::string name = fs::relative(entry.path(), dir).string();
        all[name] = entry.is_directory() ? "<folder>" : test::read_file(entry.path());
    }
    return all;
}

class SinkContract : public testing::TestWithParam<std::string> {
  protected:
    std::unique_ptr<Sink> make(const SinkOptions& options) {
        auto sink = make_sink(GetParam(), options);
        EXPECT_TRUE(sink) << sink.error().line();
        return std::move(*sink);
    }
    std::unique_ptr<Sink> make() { return make(test::scene_options(dir_.path())); }

    test::TempDir dir_;
};

TEST_P(SinkContract, NothingUnderTheFinalNameBeforeFinish) {
    auto sink = make();
    EXPECT_TRUE(contents(dir_.path()).empty()) << "made, not begun";
    ASSERT_TRUE(sink->begin(test::scene_context()));
    const FrameResult result = test::scene_result(0);
    ASSERT_TRUE(sink->write(result, test::scene_frame(result)));
    EXPECT_FALSE(fs::exists(sink->path()));
    ASSERT_TRUE(sink->finish(Outcome::complete));
    EXPECT_TRUE(fs::exists(sink->path()));
    EXPECT_FALSE(fs::exists(sink->path() + ".partial"));
    EXPECT_EQ(std::distance(fs::directory_iterator(dir_.path()), {}), 1);
}

TEST_P(SinkContract, DestroyedWithoutFinishLeavesNothing) {
    for (const int frames : {-1, 0, 2}) {
        auto sink = make();
        if (frames >= 0) {
            ASSERT_TRUE(sink->begin(test::scene_context()));
        }
        for (int i = 0; i < frames; ++i) {
            const FrameResult result = test::scene_result(static_cast<std::uint64_t>(i));
            ASSERT_TRUE(sink->write(result, test::scene_frame(result)));
        }
        sink.reset();
        EXPECT_TRUE(contents(dir_.path()).empty()) << frames;
    }
}

TEST_P(SinkContract, DestroyedWithoutFinishKeepsTheOlderOutput) {
    ASSERT_TRUE(test::run_scene(*make(), 2, Outcome::complete));
    const auto before = contents(dir_.path());
    auto sink = make();
    ASSERT_TRUE(sink->begin(test::scene_context()));
    sink.reset();
    EXPECT_EQ(contents(dir_.path()), before);
}

TEST_P(SinkContract, ALaterRunReplacesTheOutputAndItsMark) {
    ASSERT_TRUE(test::run_scene(*make(), 3, Outcome::failed));
    ASSERT_TRUE(test::run_scene(*make(), 2, Outcome::complete));
    const auto again = contents(dir_.path());
    test::TempDir fresh;
    ASSERT_TRUE(test::run_scene(*make(test::scene_options(fresh.path())), 2, Outcome::complete));
    EXPECT_EQ(again, contents(fresh.path()));
}

TEST_P(SinkContract, NoFramesAreAValidFile) {
    auto sink = make();
    ASSERT_TRUE(test::run_scene(*sink, 0, Outcome::complete));
    EXPECT_TRUE(fs::exists(sink->path()));
}

TEST_P(SinkContract, PartialOutputsAreWholeAndMarked) {
    for (const auto& [outcome, word] :
         {std::pair{Outcome::interrupted, "interrupted"}, {Outcome::failed, "failed"}}) {
        auto sink = make();
        ASSERT_TRUE(test::run_scene(*sink, 2, outcome));
        EXPECT_TRUE(fs::exists(sink->path()));
        const bool says_so = GetParam() == "jsonl" || GetParam() == "counts_json";
        const fs::path marked = says_so ? sink->path() : sink->path() + ".partial";
        EXPECT_NE(test::read_file(marked).find(word), std::string::npos);
    }
}

TEST_P(SinkContract, TheSameResultsGiveTheSameBytes) {
    test::TempDir other;
    ASSERT_TRUE(test::run_scene(*make(), 5, Outcome::complete));
    ASSERT_TRUE(test::run_scene(*make(test::scene_options(other.path())), 5, Outcome::complete));
    EXPECT_EQ(contents(dir_.path()), contents(other.path()));
    EXPECT_FALSE(contents(dir_.path()).empty());
}

TEST_P(SinkContract, TheStreamsNumberInTheRunDoesNotShow) {
    test::TempDir other;
    for (const auto& [folder, number] : {std::pair{dir_.path(), 0U}, {other.path(), 5U}}) {
        auto sink = make(test::scene_options(folder));
        ASSERT_TRUE(sink->begin(test::scene_context()));
        FrameResult result = test::scene_result(0);
        result.id.stream = number;
        ASSERT_TRUE(sink->write(result, test::scene_frame(result)));
        ASSERT_TRUE(sink->finish(Outcome::complete));
    }
    EXPECT_EQ(contents(dir_.path()), contents(other.path()));
}

TEST_P(SinkContract, CallsOutOfOrderAreRefused) {
    const FrameResult result = test::scene_result(0);
    const Frame frame = test::scene_frame(result);
    auto sink = make();
    EXPECT_EQ(sink->write(result, frame).error().code, ErrorCode::internal);
    EXPECT_EQ(sink->finish(Outcome::complete).error().code, ErrorCode::internal);
    ASSERT_TRUE(sink->begin(test::scene_context()));
    EXPECT_EQ(sink->begin(test::scene_context()).error().code, ErrorCode::internal);
    ASSERT_TRUE(sink->write(result, frame));
    ASSERT_TRUE(sink->finish(Outcome::complete));
    EXPECT_FALSE(sink->write(result, frame));
    EXPECT_FALSE(sink->finish(Outcome::complete));
    EXPECT_TRUE(fs::exists(sink->path()));
}

TEST_P(SinkContract, NumbersThatAreNoneAreRefusedAndNothingIsLeft) {
    auto sink = make();
    ASSERT_TRUE(sink->begin(test::scene_context()));
    FrameResult result = test::scene_result(0);
    result.tracks[1].velocity_x = std::nanf("");
    EXPECT_EQ(sink->write(result, test::scene_frame(result)).error().code, ErrorCode::internal);
    EXPECT_FALSE(sink->finish(Outcome::complete));
    EXPECT_TRUE(contents(dir_.path()).empty());
}

TEST_P(SinkContract, HugeCoordinatesAndAnEmptyFrameAreWritten) {
    auto sink = make();
    ASSERT_TRUE(sink->begin(test::scene_context()));
    FrameResult result = test::scene_result(0);
    result.tracks[0].box = {-3e38F, -1e30F, 1e30F, 1e38F};
    ASSERT_TRUE(sink->write(result, test::scene_frame(result)));
    result.detections.clear();
    result.tracks.clear();
    result.id.index = 1;
    ASSERT_TRUE(sink->write(result, test::scene_frame(result)));
    EXPECT_TRUE(sink->finish(Outcome::complete));
}

TEST_P(SinkContract, FoldersOnTheWayAreMade) {
    auto sink = make(test::scene_options(dir_ / "höher/тише/晴"));
    ASSERT_TRUE(test::run_scene(*sink, 1, Outcome::complete));
    EXPECT_TRUE(fs::exists(dir_.path() / "höher/тише/晴"));
    EXPECT_TRUE(fs::exists(sink->path()));
}

TEST_P(SinkContract, AFileInTheWayOfTheFolderIsNamed) {
    test::write_file(dir_ / "file", "x");
    const auto begun = make(test::scene_options(dir_ / "file/sub"))->begin(test::scene_context());
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().code, ErrorCode::unwritable);
    EXPECT_NE(begun.error().message.find("file/sub"), std::string::npos);
}

TEST_P(SinkContract, SomethingElseUnderTheFinalNameIsLeftAlone) {
    auto sink = make();
    fs::create_directory(sink->path());
    test::write_file(fs::path(sink->path()) / "photo.jpg", "mine");
    const auto before = contents(dir_.path());
    const auto begun = sink->begin(test::scene_context());
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().code, ErrorCode::unwritable);
    EXPECT_NE(begun.error().message.find(sink->path()), std::string::npos);
    sink.reset();
    EXPECT_EQ(contents(dir_.path()), before);
}

TEST_P(SinkContract, WhatIsReadIsNotReplaced) {
    auto sink = make();
    ASSERT_TRUE(test::run_scene(*sink, 2, Outcome::complete));
    const auto before = contents(dir_.path());
    FileClaims claims;
    ASSERT_TRUE(claims.reads(sink->path()));
    const auto begun = make()->begin(test::scene_context());
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(contents(dir_.path()), before);
}

TEST_P(SinkContract, OfTwoAtOnceTheSecondIsTold) {
    auto first = make();
    ASSERT_TRUE(first->begin(test::scene_context()));
    const auto second = make()->begin(test::scene_context());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::unwritable);
    EXPECT_NE(second.error().message.find("another run is writing it"), std::string::npos);
    ASSERT_TRUE(first->finish(Outcome::complete));
    EXPECT_TRUE(test::run_scene(*make(), 2, Outcome::complete));
}

TEST_P(SinkContract, ALinkUnderItsNameStays) {
    test::TempDir other;
    ASSERT_TRUE(test::run_scene(*make(test::scene_options(other.path())), 2, Outcome::complete));
    const fs::path name = make()->path();
    fs::rename(make(test::scene_options(other.path()))->path(), other / "target");
    fs::create_symlink(other / "target", name);
    ASSERT_TRUE(test::run_scene(*make(), 3, Outcome::complete));
    EXPECT_TRUE(fs::is_symlink(name));
    test::TempDir third;
    ASSERT_TRUE(test::run_scene(*make(test::scene_options(third.path())), 3, Outcome::complete));
    EXPECT_EQ(contents(other.path()).size(), contents(third.path()).size());
}

TEST_P(SinkContract, AFolderWithoutPermissionIsNamed) {
    fs::permissions(dir_.path(), fs::perms::owner_read | fs::perms::owner_exec);
    const bool root = ::geteuid() == 0;  // may write everywhere, so becomes nobody for a while
    ASSERT_TRUE(!root || ::seteuid(65534) == 0);
    const auto begun = make()->begin(test::scene_context());
    ASSERT_TRUE(!root || ::seteuid(0) == 0);
    fs::permissions(dir_.path(), fs::perms::owner_all);
    ASSERT_FALSE(begun);
    EXPECT_EQ(begun.error().code, ErrorCode::unwritable);
}

TEST_P(SinkContract, AFullDiskIsAnErrorThatLeavesNothing) {
    // RLIMIT_FSIZE makes write(2) fail with EFBIG: the same path as ENOSPC.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tiny{16, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tiny);
    const auto done = test::run_scene(*make(), 50, Outcome::interrupted);
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::unwritable);
    EXPECT_NE(done.error().message.find(dir_.path().string()), std::string::npos);
    EXPECT_TRUE(contents(dir_.path()).empty());
}

TEST_P(SinkContract, SaysWhetherItNeedsPixels) {
    for (const SinkDescription& description : sinks()) {
        if (description.name != GetParam()) continue;
        EXPECT_EQ(make()->wants_pixels(), description.needs_pixels);
        EXPECT_EQ(make()->path(), (dir_ / ("scène 1" + std::string(description.suffix))).string());
    }
    if (make()->wants_pixels()) return;
    auto sink = make();
    ASSERT_TRUE(sink->begin(test::scene_context()));
    EXPECT_TRUE(sink->write(test::scene_result(0), Frame{}));
}

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const SinkDescription& description : sinks()) {
        // (That of packets takes no frames: tests/unit/sink/recording_test.cpp.)
        if (!description.of_packets) all.emplace_back(description.name);
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(AllFormats, SinkContract, testing::ValuesIn(names()),
                         [](const auto& format) { return format.param; });

}  // namespace
}  // namespace saccade::sink
