#include "core/temporary.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

TEST(Temporary, IsHeldByOneAtATime) {
    test::TempDir dir;
    const fs::path target = dir / "a.txt", name = temporary_of(target);
    EXPECT_FALSE(being_made(target));
    const int held = hold_file(name, false);
    ASSERT_GE(held, 0);
    EXPECT_TRUE(being_made(target));
    EXPECT_EQ(hold_file(name, false), -EWOULDBLOCK);
    ::close(held);  // as a process that was killed does
    EXPECT_FALSE(being_made(target));
    EXPECT_TRUE(fs::exists(name));
    const int next = hold_file(name, false);
    ASSERT_GE(next, 0);
    ::close(next);
}

TEST(Temporary, FoldersLikewise) {
    test::TempDir dir;
    const fs::path target = dir / "a.yolo", name = temporary_of(target);
    const int held = hold_folder(name);
    ASSERT_GE(held, 0);
    test::write_file(name / "1.txt", "left behind");
    EXPECT_TRUE(being_made(target));
    EXPECT_EQ(hold_folder(name), -EWOULDBLOCK);
    ::close(held);
    const int next = hold_folder(name);
    ASSERT_GE(next, 0);
    EXPECT_TRUE(fs::is_empty(name));
    ::close(next);
}

TEST(Temporary, WhatADeadRunLeftIsRemovedAndNotWrittenTo) {
    test::TempDir dir;
    const fs::path name = temporary_of(dir / "a.txt");
    test::write_file(name, "left behind");
    fs::create_hard_link(name, dir / "footage");
    const int held = hold_file(name, false);
    ASSERT_GE(held, 0);
    EXPECT_EQ(fs::file_size(name), 0U);
    EXPECT_EQ(test::read_file(dir / "footage"), "left behind");
    ::close(held);
}

TEST(Temporary, WhatIsNoneOfOursIsInTheWay) {
    test::TempDir dir;
    test::write_file(dir / "footage", "footage");
    const fs::path name = temporary_of(dir / "a.txt");
    fs::create_symlink("footage", name);
    EXPECT_EQ(hold_file(name, false), -EEXIST);
    EXPECT_EQ(hold_folder(name), -EEXIST);
    fs::remove(name);
    ASSERT_EQ(::mkfifo(name.c_str(), 0600), 0);
    EXPECT_EQ(hold_file(name, false), -EEXIST);
    fs::remove(name);
    fs::create_directory(name);
    EXPECT_EQ(hold_file(name, false), -EEXIST);
    EXPECT_EQ(test::read_file(dir / "footage"), "footage");
}

TEST(Temporary, WhoWaitsGetsItAfterwards) {
    test::TempDir dir;
    const fs::path name = temporary_of(dir / "a.onnx");
    int held = hold_file(name, true);
    ASSERT_GE(held, 0);
    std::jthread other([&] {
        const int next = hold_file(name, true);
        EXPECT_GE(next, 0);
        ::close(next);
    });
    fs::rename(name, dir / "a.onnx");
    ::close(held);
    other.join();
    EXPECT_TRUE(fs::exists(dir / "a.onnx"));
    EXPECT_TRUE(fs::exists(name));  // the other one's, a file of its own
}

TEST(Temporary, ManyAtOnceNeverShareOne) {
    test::TempDir dir;
    const fs::path name = temporary_of(dir / "a.txt");
    std::atomic<int> holders{0}, most{0}, got{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 200; ++i) {
                    const int held = hold_file(name, i % 2 == 0);
                    if (held < 0) continue;
                    ++got;
                    const int now = ++holders;
                    int seen = most;
                    while (now > seen && !most.compare_exchange_weak(seen, now)) continue;
                    --holders;
                    if (i % 3 != 0) ::unlink(name.c_str());  // else as if killed
                    ::close(held);
                }
            });
        }
    }
    EXPECT_EQ(most, 1);
    EXPECT_GT(got, 400);
}

}  // namespace
}  // namespace saccade
