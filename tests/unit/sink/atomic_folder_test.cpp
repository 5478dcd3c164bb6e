#include "sink/atomic_folder.h"

#include <gtest/gtest.h>

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

TEST(AtomicFolder, AFileOrLinkUnderItsNameIsRefused) {
    test::TempDir dir;
    test::write_file(dir / "file", "x");
    fs::create_directory(dir / "elsewhere");
    fs::create_directory_symlink(dir / "elsewhere", dir / "link");
    for (const char* name : {"file", "link"}) {
        const auto folder = AtomicFolder::create(dir / name, ".txt");
        ASSERT_FALSE(folder);
        EXPECT_EQ(folder.error().code, ErrorCode::unwritable);
    }
}

TEST(AtomicFolder, TheSameNameTwiceIsAnError) {
    test::TempDir dir;
    auto folder = AtomicFolder::create(dir / "labels", ".txt");
    ASSERT_TRUE(folder && folder->add("a", "a"));
    EXPECT_EQ(folder->add("a", "b").error().code, ErrorCode::unwritable);
}

}  // namespace
}  // namespace saccade::sink
