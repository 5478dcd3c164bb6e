#include "core/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

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

}  // namespace
}  // namespace saccade
