#include "core/file_claims.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <thread>
#include <vector>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWayOut = "go elsewhere";

class FileClaimsTest : public testing::Test {
  protected:
    FileClaimsTest() {
        fs::create_directories(dir_ / "footage");
        fs::create_directories(dir_ / "out");
        test::write_file(dir_ / "footage/clip.mp4", "footage");
    }
    /// Refused, whichever is claimed first, naming both and the way out.
    void expect_refused(const fs::path& input, const fs::path& output) {
        for (const bool input_first : {true, false}) {
            FileClaims run, verb;
            const auto first = input_first ? run.reads(input) : verb.writes(output, kWayOut);
            ASSERT_TRUE(first) << first.error().line();
            const auto second = input_first ? verb.writes(output, kWayOut) : run.reads(input);
            ASSERT_FALSE(second) << input << " and " << output << ", input first: " << input_first;
            EXPECT_EQ(second.error().code, ErrorCode::invalid_argument);
            EXPECT_NE(second.error().message.find(input.string()), std::string::npos);
            EXPECT_NE(second.error().message.find(output.string()), std::string::npos);
            EXPECT_EQ(second.error().remedy, kWayOut);
        }
    }
    void expect_free(const fs::path& input, const fs::path& output) {
        FileClaims run;
        EXPECT_TRUE(run.reads(input));
        const auto written = run.writes(output, kWayOut);
        EXPECT_TRUE(written) << written.error().line();
    }
    test::TempDir dir_;
    const fs::path clip_ = dir_ / "footage/clip.mp4";
};

TEST_F(FileClaimsTest, AFileIsItselfUnderAllItsNames) {
    expect_refused(clip_, clip_);
    expect_refused(clip_, dir_ / "out/../footage/./clip.mp4");
    fs::create_symlink(clip_, dir_ / "out/link.mp4");
    fs::create_symlink("link.mp4", dir_ / "out/link-to-link.mp4");
    fs::create_hard_link(clip_, dir_ / "out/hard.mp4");
    fs::create_directory_symlink(dir_ / "footage", dir_ / "away");
    for (const char* name :
         {"out/link.mp4", "out/link-to-link.mp4", "out/hard.mp4", "away/clip.mp4"}) {
        expect_refused(clip_, dir_ / name);
        expect_refused(dir_ / name, clip_);
    }
    expect_free(clip_, dir_ / "footage/clip.txt");
    expect_free(clip_, dir_ / "out/clip.mp4");
}

TEST_F(FileClaimsTest, ABindMountIsTheSameFolder) {
    fs::create_directory(dir_ / "bound");
    const std::string from = (dir_ / "footage").string(), to = (dir_ / "bound").string();
    if (::mount(from.c_str(), to.c_str(), nullptr, MS_BIND, nullptr) != 0) {
        GTEST_SKIP() << "this test may not mount";
    }
    expect_refused(clip_, dir_ / "bound/clip.mp4");
    expect_refused(dir_ / "footage/new.mp4", dir_ / "bound/new.mp4");
    ASSERT_EQ(::umount(to.c_str()), 0);
}

TEST_F(FileClaimsTest, WhatIsNotThereYetHasAName) {
    expect_refused(dir_ / "out/later.mp4", dir_ / "footage/../out/later.mp4");
    expect_refused(dir_ / "new/deep/later.mp4", dir_ / "new/./deep/later.mp4");
    fs::create_symlink("later.mp4", dir_ / "out/dangling.mp4");
    expect_refused(dir_ / "out/later.mp4", dir_ / "out/dangling.mp4");
    expect_free(dir_ / "out/later.mp4", dir_ / "out/other.mp4");
    expect_free(dir_ / "out/later.mp4", dir_ / "new/later.mp4");
}

TEST_F(FileClaimsTest, AFolderThatHoldsAnInputIsNotReplaced) {
    expect_refused(clip_, dir_ / "footage");
    expect_refused(clip_, dir_.path());
    expect_refused(dir_ / "footage", dir_ / "footage");
    fs::create_symlink(clip_, dir_ / "out/link.mp4");
    expect_refused(dir_ / "out/link.mp4", dir_ / "out");      // which holds the link
    expect_refused(dir_ / "out/link.mp4", dir_ / "footage");  // and what it leads to
    expect_free(dir_ / "footage", dir_ / "out");
}

TEST_F(FileClaimsTest, EachNameOfAFileKeepsItsFolder) {
    fs::create_hard_link(clip_, dir_ / "out/hard.mp4");
    fs::create_directories(dir_ / "links");
    fs::create_symlink(clip_, dir_ / "links/a.mp4");
    FileClaims run;
    for (const char* name : {"footage/clip.mp4", "out/hard.mp4", "links/a.mp4"}) {
        ASSERT_TRUE(run.reads(dir_ / name));
    }
    for (const char* folder : {"footage", "out", "links"}) {
        EXPECT_FALSE(run.writes(dir_ / folder, kWayOut)) << folder;
    }
}

TEST_F(FileClaimsTest, OutputsDoNotMeet) {
    FileClaims run, other;
    ASSERT_TRUE(run.writes(dir_ / "out/a.txt", kWayOut));
    for (const char* name : {"out/a.txt", "footage/../out/a.txt", "out/A.TXT"}) {
        const auto second = other.writes(dir_ / name, kWayOut);
        ASSERT_FALSE(second) << name;
        EXPECT_NE(second.error().message.find("out/a.txt"), std::string::npos);
    }
    EXPECT_TRUE(other.writes(dir_ / "out/b.txt", kWayOut));
    // A journal is added to by all, and replaced by none.
    EXPECT_TRUE(run.adds_to(dir_ / "out/journal", kWayOut));
    EXPECT_TRUE(other.adds_to(dir_ / "out/journal", kWayOut));
    EXPECT_FALSE(other.writes(dir_ / "out/journal", kWayOut));
    EXPECT_FALSE(other.adds_to(dir_ / "out/a.txt", kWayOut));
}

TEST_F(FileClaimsTest, ClaimsEndWithTheirOwner) {
    {
        FileClaims run;
        ASSERT_TRUE(run.reads(clip_));
        ASSERT_TRUE(run.reads(clip_));
        EXPECT_FALSE(FileClaims::may_replace(clip_, clip_, kWayOut));
        EXPECT_FALSE(FileClaims::may_replace(dir_ / "footage", "x", kWayOut));
        EXPECT_TRUE(FileClaims::may_replace(dir_ / "out", "x", kWayOut));
        const FileClaims moved = std::move(run);
        EXPECT_FALSE(FileClaims::may_replace(clip_, clip_, kWayOut));
    }
    EXPECT_TRUE(FileClaims::may_replace(clip_, clip_, kWayOut));
    FileClaims next;
    EXPECT_TRUE(next.writes(clip_, kWayOut));
}

TEST_F(FileClaimsTest, DevicesAndPipesAreShared) {
    ASSERT_EQ(::mkfifo((dir_ / "pipe").c_str(), 0600), 0);
    expect_free("/dev/null", "/dev/null");
    expect_free(dir_ / "pipe", dir_ / "pipe");
}

TEST_F(FileClaimsTest, ThreadsMayClaimAtOnce) {
    FileClaims run;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 100; ++i) {
                    const auto name = std::to_string(t) + "-" + std::to_string(i);
                    EXPECT_TRUE(run.reads(dir_ / "footage" / name));
                    EXPECT_TRUE(run.writes(dir_ / "out" / name, kWayOut));
                }
            });
        }
    }
    EXPECT_FALSE(run.writes(dir_ / "footage/3-99", kWayOut));
}

}  // namespace
}  // namespace saccade
