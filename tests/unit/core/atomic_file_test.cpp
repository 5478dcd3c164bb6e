#include "core/atomic_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "core/file_claims.h"
#include "core/temporary.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

std::size_t entries(const std::filesystem::path& dir) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(dir), {}));
}

TEST(AtomicFile, AppearsOnlyAtCommit) {
    test::TempDir dir;
    const auto path = dir / "deep/er/out.txt";
    auto file = AtomicFile::create(path);
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("hello"));
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE(file->commit());
    EXPECT_EQ(test::read_file(path), "hello");
    EXPECT_EQ(entries(path.parent_path()), 1U);
}

TEST(AtomicFile, WithoutCommitNothingIsLeftAndTheOldFileStays) {
    test::TempDir dir;
    test::write_file(dir / "out.txt", "old");
    {
        auto file = AtomicFile::create(dir / "out.txt");
        ASSERT_TRUE(file && file->write("new"));
    }
    EXPECT_EQ(test::read_file(dir / "out.txt"), "old");
    EXPECT_EQ(entries(dir.path()), 1U);
}

TEST(AtomicFile, UnwritablePlacesAreNamed) {
    test::TempDir dir;
    test::write_file(dir / "file", "x");
    const auto below_file = AtomicFile::create(dir / "file/out.txt");
    ASSERT_FALSE(below_file);
    EXPECT_EQ(below_file.error().code, ErrorCode::unwritable);
    EXPECT_NE(below_file.error().message.find("file/out.txt"), std::string::npos);
    const auto a_folder = AtomicFile::create(dir.path());
    ASSERT_FALSE(a_folder);
    EXPECT_EQ(a_folder.error().code, ErrorCode::unwritable);
}

TEST(AtomicFile, AFullDiskIsAnErrorThatLeavesNothing) {
    // RLIMIT_FSIZE makes write(2) fail with EFBIG: the same path as ENOSPC.
    test::TempDir dir;
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit tiny{16, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tiny);
    {
        auto file = AtomicFile::create(dir / "out.txt");
        ASSERT_TRUE(file);
        const bool written = file->write(std::string(1 << 20, 'x')).has_value();
        EXPECT_FALSE(written && file->commit().has_value());
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_handler);
    EXPECT_EQ(entries(dir.path()), 0U);
}

TEST(AtomicFile, ALinkStaysAndItsTargetIsReplaced) {
    test::TempDir dir;
    fs::create_directories(dir / "there");
    test::write_file(dir / "there/real.txt", "old");
    fs::create_symlink("there/real.txt", dir / "link.txt");
    fs::create_symlink("there/new.txt", dir / "dangling.txt");
    for (const char* name : {"link.txt", "dangling.txt"}) {
        ASSERT_TRUE(write_whole(dir / name, "new"));
        EXPECT_TRUE(fs::is_symlink(dir / name));
        EXPECT_EQ(test::read_file(dir / name), "new");
    }
    EXPECT_EQ(entries(dir / "there"), 2U);
    EXPECT_EQ(entries(dir.path()), 3U);
}

TEST(AtomicFile, ModeAndOwnerOfTheOldFileStay) {
    test::TempDir dir;
    test::write_file(dir / "out.txt", "old");
    ::chmod((dir / "out.txt").c_str(), 0640);
    const bool root = ::geteuid() == 0;
    ASSERT_EQ(root ? ::chown((dir / "out.txt").c_str(), 12, 34) : 0, 0);
    ASSERT_TRUE(write_whole(dir / "out.txt", "new"));
    struct stat status{};
    ASSERT_EQ(::stat((dir / "out.txt").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0640U);
    EXPECT_EQ(status.st_uid, root ? 12U : ::geteuid());
    EXPECT_EQ(status.st_gid, root ? 34U : ::getegid());
}

TEST(AtomicFile, DevicesAndPipesAreWrittenThrough) {
    EXPECT_TRUE(write_whole("/dev/null", "gone"));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
    const auto full = write_whole("/dev/full", "too much", {.way_out = "another way"});
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::unwritable);
    EXPECT_NE(full.error().remedy.find("another way"), std::string::npos);
    EXPECT_TRUE(fs::is_character_file("/dev/full"));

    test::TempDir dir;
    const fs::path pipe = dir / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::string read;
    {
        const std::jthread reader([&] { read = test::read_file(pipe); });
        ASSERT_TRUE(write_whole(pipe, "hello"));
    }
    EXPECT_EQ(read, "hello");
    EXPECT_TRUE(fs::is_fifo(pipe));
    EXPECT_EQ(entries(dir.path()), 1U);
}

TEST(AtomicFile, OwnDescriptorsAreWrittenThrough) {
    test::TempDir dir;
    const int fd = ::open((dir / "log").c_str(), O_RDWR | O_CREAT, 0600);
    ASSERT_EQ(::write(fd, "before ", 7), 7);
    fs::create_symlink("/proc/self/fd/" + std::to_string(fd), dir / "link");
    ASSERT_TRUE(write_whole("/dev/fd/" + std::to_string(fd), "one "));
    ASSERT_TRUE(write_whole(dir / "link", "two"));
    ::close(fd);
    EXPECT_EQ(test::read_file(dir / "log"), "before one two");
    EXPECT_FALSE(write_whole("/dev/fd/987", "x"));
}

TEST(AtomicFile, WhatIsReadIsNeverReplaced) {
    test::TempDir dir;
    const fs::path clip = dir / "clip.mp4";
    test::write_file(clip, "footage");
    FileClaims claims;
    {
        auto late = AtomicFile::create(clip);
        ASSERT_TRUE(late && late->write("overwritten"));
        ASSERT_TRUE(claims.reads(clip));  // it has become an input meanwhile
        const auto done = late->commit();
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, ErrorCode::invalid_argument);
    }
    const auto early = write_whole(clip, "overwritten");
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, ErrorCode::invalid_argument);
    // Nor one that has the name of a temporary.
    test::write_file(temporary_of(dir / "out.txt"), "footage");
    ASSERT_TRUE(claims.reads(temporary_of(dir / "out.txt")));
    EXPECT_FALSE(write_whole(dir / "out.txt", "x"));
    EXPECT_EQ(test::read_file(clip), "footage");
    EXPECT_EQ(test::read_file(temporary_of(dir / "out.txt")), "footage");
    EXPECT_EQ(entries(dir.path()), 2U);
}

TEST(AtomicFile, TheSecondWriterOfANameIsTold) {
    test::TempDir dir;
    auto first = AtomicFile::create(dir / "out.txt");
    ASSERT_TRUE(first && first->write("first"));
    const auto second = AtomicFile::create(dir / "out.txt");
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("another run is writing it"), std::string::npos);
    ASSERT_TRUE(first->commit());
    EXPECT_EQ(test::read_file(dir / "out.txt"), "first");
    ASSERT_TRUE(write_whole(dir / "out.txt", "second"));
    EXPECT_EQ(test::read_file(dir / "out.txt"), "second");
    EXPECT_EQ(entries(dir.path()), 1U);
}

TEST(AtomicFile, CachesAreToldTheirOwnWayOut) {
    test::TempDir dir;
    test::write_file(dir / "file", "x");
    const auto made = AtomicFile::create(dir / "file/cache", cache_file());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().remedy.find("--out"), std::string::npos);
    EXPECT_NE(made.error().remedy.find("SACCADE_CACHE_DIR"), std::string::npos);
}

TEST(AtomicFile, CachesReplaceLinksInsteadOfFollowingThem) {
    test::TempDir dir;
    test::write_file(dir / "elsewhere", "not ours");
    fs::create_symlink("elsewhere", dir / "cached");
    ASSERT_TRUE(write_whole(dir / "cached", "ours", cache_file()));
    EXPECT_FALSE(fs::is_symlink(dir / "cached"));
    EXPECT_EQ(test::read_file(dir / "elsewhere"), "not ours");
    EXPECT_EQ(test::read_file(dir / "cached"), "ours");
    fs::permissions(dir / "cached", fs::perms::all);
    ASSERT_TRUE(write_whole(dir / "cached", "again", cache_file()));
    EXPECT_NE(fs::status(dir / "cached").permissions(), fs::perms::all);
}

}  // namespace
}  // namespace saccade
