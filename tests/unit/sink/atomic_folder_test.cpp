#include "sink/atomic_folder.h"

#include <gtest/gtest.h>

#include "core/file_claims.h"
#include "core/temporary.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

namespace fs = std::filesystem;

std::ptrdiff_t entries(const fs::path& dir) {
    return std::distance(fs::directory_iterator(dir), {});
}

TEST(AtomicFolder, ReplacesAnOlderFolderAsAWhole) {
    test::TempDir dir;
    const auto path = dir / "labels";
    for (const char* name : {"a", "b"}) {
        auto folder = AtomicFolder::create(path, ".txt");
        ASSERT_TRUE(folder) << folder.error().line();
        ASSERT_TRUE(folder->add(name, name));
        ASSERT_TRUE(folder->commit());
        EXPECT_EQ(test::read_file(path / (std::string(name) + ".txt")), name);
        EXPECT_EQ(entries(path), 1);
        EXPECT_EQ(entries(dir.path()), 1);
    }
}

TEST(AtomicFolder, AForeignFileThatAppearsMeanwhileIsNotLost) {
    test::TempDir dir;
    {
        auto folder = AtomicFolder::create(dir / "labels", ".txt");
        ASSERT_TRUE(folder && folder->add("a", "a"));
        fs::create_directory(dir / "labels");
        test::write_file(dir / "labels/photo.jpg", "mine");
        const auto done = folder->commit();
        ASSERT_FALSE(done);
        EXPECT_NE(done.error().message.find("photo.jpg"), std::string::npos);
    }
    EXPECT_EQ(test::read_file(dir / "labels/photo.jpg"), "mine");
    EXPECT_EQ(entries(dir.path()), 1);
}

TEST(AtomicFolder, AFileUnderItsNameIsRefused) {
    test::TempDir dir;
    test::write_file(dir / "file", "x");
    const auto folder = AtomicFolder::create(dir / "file", ".txt");
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().code, ErrorCode::unwritable);
}

TEST(AtomicFolder, ALinkStaysAndItsTargetIsReplacedWithItsMode) {
    test::TempDir dir;
    fs::create_directories(dir / "there/labels");
    fs::permissions(dir / "there/labels", fs::perms::owner_all | fs::perms::group_read);
    fs::create_directory_symlink("there/labels", dir / "link");
    auto folder = AtomicFolder::create(dir / "link", ".txt");
    ASSERT_TRUE(folder) << folder.error().line();
    ASSERT_TRUE(folder->add("a", "a"));
    ASSERT_TRUE(folder->commit());
    EXPECT_TRUE(fs::is_symlink(dir / "link"));
    EXPECT_EQ(test::read_file(dir / "there/labels/a.txt"), "a");
    EXPECT_EQ(fs::status(dir / "there/labels").permissions(),
              fs::perms::owner_all | fs::perms::group_read);
    EXPECT_EQ(entries(dir / "there"), 1);
}

TEST(AtomicFolder, OneThatHoldsAnInputIsNotReplaced) {
    test::TempDir dir;
    fs::create_directories(dir / "labels");
    test::write_file(dir / "labels/list.txt", "clip.mp4");
    FileClaims claims;
    {
        auto late = AtomicFolder::create(dir / "labels", ".txt");
        ASSERT_TRUE(late && late->add("a", "a"));
        ASSERT_TRUE(claims.reads(dir / "labels/list.txt"));
        EXPECT_EQ(late->commit().error().code, ErrorCode::invalid_argument);
    }
    const auto early = AtomicFolder::create(dir / "labels", ".txt");
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(test::read_file(dir / "labels/list.txt"), "clip.mp4");
    EXPECT_EQ(entries(dir.path()), 1);
}

TEST(AtomicFolder, TheSecondWriterOfANameIsToldAndADeadOnesRestGoes) {
    test::TempDir dir;
    fs::create_directories(temporary_of(dir / "labels"));
    test::write_file(temporary_of(dir / "labels") / "dead.txt", "x");
    auto first = AtomicFolder::create(dir / "labels", ".txt");
    ASSERT_TRUE(first) << first.error().line();
    const auto second = AtomicFolder::create(dir / "labels", ".txt");
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().message.find("another run"), std::string::npos);
    ASSERT_TRUE(first->add("a", "a"));
    ASSERT_TRUE(first->commit());
    EXPECT_EQ(entries(dir / "labels"), 1);
    EXPECT_EQ(entries(dir.path()), 1);
}

TEST(AtomicFolder, TheSameNameTwiceIsAnError) {
    test::TempDir dir;
    auto folder = AtomicFolder::create(dir / "labels", ".txt");
    ASSERT_TRUE(folder && folder->add("a", "a"));
    EXPECT_EQ(folder->add("a", "b").error().code, ErrorCode::unwritable);
}

}  // namespace
}  // namespace saccade::sink
