// The whole program and where it writes to: devices, pipes, full disks, closed streams, other runs,
// and what a killed run left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>
#include <optional>
#include <thread>

#include "support/clip.h"
#include "support/program.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Outputs : public testing::Test {
  protected:
    Outputs() { program_.run({"doctor"}); }  // fills the cache

    std::string path(const std::string& name) { return (program_.dir() / name).string(); }
    [[nodiscard]] bool has(const std::string& part) const {
        const auto names = program_.outputs();
        return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
            return name.find(part) != std::string::npos;
        });
    }
    test::Program program_;
    const std::string source_ = "synthetic:frames=5";
};

TEST_F(Outputs, DevicesStayDevices) {
    const auto full = program_.run({"profile", source_, "--html", "/dev/full"});
    EXPECT_EQ(full.exit_code, 1);
    EXPECT_THAT(full.err, HasSubstr("/dev/full: can't be written"));
    const auto null =
        program_.run({"profile", source_, "--html", "/dev/null", "--trace", "/dev/null"});
    EXPECT_EQ(null.exit_code, 0) << null.err;
    EXPECT_TRUE(fs::is_character_file("/dev/full") && fs::is_character_file("/dev/null"));
    const auto out = program_.run({"profile", source_, "--html", "/dev/stdout", "--quiet"});
    EXPECT_EQ(out.exit_code, 0) << out.err;
    EXPECT_THAT(out.out, HasSubstr("</html>"));
    const auto into_file = program_.run({"profile", source_, "--html", "/dev/fd/1", "--quiet"},
                                        {.stdout_file = path("page.html")});
    EXPECT_EQ(into_file.exit_code, 0) << into_file.err;
    EXPECT_EQ(test::read_file(path("page.html")).size(), fs::file_size(path("page.html")));
    EXPECT_THAT(test::read_file(path("page.html")), HasSubstr("</html>"));
}

TEST_F(Outputs, PipesAreWrittenThrough) {
    fs::create_directories(program_.out());
    const std::string pipe = (program_.out() / "synthetic-frames-5.jsonl").string();
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::string read;
    {
        const std::jthread reader([&] { read = test::read_file(pipe); });
        const auto result = program_.run({"track", source_, "--save", "jsonl"});
        EXPECT_EQ(result.exit_code, 0) << result.err;
    }
    EXPECT_EQ(std::count(read.begin(), read.end(), '\n'), 7);
    EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(Outputs, LinksStayAndModesToo) {
    fs::create_directories(program_.out());
    fs::create_directories(path("elsewhere"));
    test::write_file(path("elsewhere/old.txt"), "old");
    fs::permissions(path("elsewhere/old.txt"), fs::perms::owner_read | fs::perms::owner_write);
    const fs::path link = program_.out() / "synthetic-frames-5.txt";
    fs::create_symlink("../elsewhere/old.txt", link);
    const auto result = program_.run({"track", source_});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_NE(test::read_file(path("elsewhere/old.txt")), "old");
    EXPECT_EQ(fs::status(path("elsewhere/old.txt")).permissions(),
              fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Outputs, ResultsThatAFullDiskSwallowsAreAnError) {
    const std::vector<std::vector<std::string>> verbs = {
        {"track", source_, "--json"},
        {"track", source_},
        {"detect", source_, "--json"},
        {"doctor"},
        {"doctor", "--json"},
        {"profile", source_, "--json"},
        {"track", "--print-config"},
        {"demo", "--json", "--save", ""},
        {"bench", "trackers", "--reps", "1", "--frames", "4"},
        {"--help"},
        {"--version"}};
    for (auto arguments : verbs) {
        if (arguments[0].starts_with("--")) arguments = {"track", "--help"};
        const auto result = program_.run(arguments, {.stdout_file = "/dev/full"});
        EXPECT_EQ(result.exit_code, 1) << arguments[0] << result.err;
        EXPECT_THAT(result.err, HasSubstr("standard output: can't be written")) << arguments[0];
    }
}

TEST_F(Outputs, ClosedStandardStreamsTakeNothingOfTheResults) {
    const std::vector<std::string> run = {"track", source_, "--save", "mot,jsonl,csv,video",
                                          "-v",    "-v"};
    ASSERT_EQ(program_.run(run).exit_code, 0);
    std::map<std::string, std::string> right;
    for (const auto& name : program_.outputs())
        right[name] = test::read_file(program_.out() / name);
    ASSERT_EQ(right.size(), 4U);
    for (int closed = 1; closed < 8; ++closed) {
        std::vector<int> streams;
        for (const int stream : {0, 1, 2}) {
            if ((closed >> stream & 1) != 0) streams.push_back(stream);
        }
        fs::remove_all(program_.out());
        const auto result = program_.run(run, {.closed = streams});
        EXPECT_EQ(result.exit_code, 0) << closed << result.err;
        for (const auto& [name, bytes] : right) {
            EXPECT_EQ(test::read_file(program_.out() / name), bytes)
                << name << " without " << closed;
        }
    }
}

TEST_F(Outputs, TwoRunsAtOnceNeverMix) {
    // The first one is under way when the second one would write the same names.
    std::optional<test::ProcessResult> second;
    const auto first = program_.run(
        {"track", "synthetic:frames=1000000", "--save", "mot,jsonl"}, {.interrupt_when = [&] {
            if (!second && has("jsonl.saccade-tmp")) {
                second = program_.run({"track", "synthetic:frames=1000000", "--save", "jsonl,csv"});
            }
            return second.has_value();
        }});
    ASSERT_TRUE(second);
    EXPECT_EQ(second->exit_code, 1) << second->err;
    EXPECT_THAT(second->err,
                HasSubstr("synthetic-frames-1000000.jsonl: another run is writing it"));
    EXPECT_EQ(first.exit_code, 130) << first.err;
    EXPECT_THAT(program_.outputs(),
                ElementsAre("synthetic-frames-1000000.jsonl", "synthetic-frames-1000000.txt",
                            "synthetic-frames-1000000.txt.partial"));
}

TEST_F(Outputs, RunsOverOtherSourcesShareAFolder) {
    const std::string long_one = "synthetic:frames=1000000";
    std::optional<test::ProcessResult> second;
    const auto first = program_.run({"track", long_one}, {.interrupt_when = [&] {
                                        if (!second && has("saccade-tmp")) {
                                            second = program_.run({"track", source_});
                                        }
                                        return second.has_value();
                                    }});
    EXPECT_EQ(first.exit_code, 130) << first.err;
    EXPECT_EQ(second->exit_code, 0) << second->err;
    EXPECT_TRUE(has("synthetic-frames-5.txt"));
}

TEST_F(Outputs, WhatAKilledRunLeftGoesWithTheNext) {
    const std::string clip = path("a.avi");
    ASSERT_TRUE(test::write_clip(clip, {.frames = 100}));
    std::vector<std::string> run = {"track", clip, "--save", "mot,jsonl,yolo,video", "--live"};
    const auto killed = program_.run(
        run, {.interrupt_when = [&] { return has(".mp4.saccade-tmp") && has(".yolo.saccade-tmp"); },
              .signal = SIGKILL});
    EXPECT_EQ(killed.signal, SIGKILL);
    EXPECT_EQ(program_.outputs().size(), 4U);
    run.pop_back();
    const auto next = program_.run(run);
    EXPECT_EQ(next.exit_code, 0) << next.err;
    EXPECT_THAT(program_.outputs(), ElementsAre("a.jsonl", "a.mp4", "a.txt", "a.yolo"));
}

TEST_F(Outputs, AnUnwritableCacheIsDoneWithoutAndToldItsOwnWayOut) {
    test::write_file(path("file"), "x");
    const auto result = program_.run({"track", source_},
                                     {.environment = {{"SACCADE_CACHE_DIR", path("file/cache")}}});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("--cache-dir"));
    EXPECT_THAT(result.err, testing::Not(HasSubstr("--out")));
}

}  // namespace
}  // namespace saccade
