#include "core/file_cache.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "core/sealed_file.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;

class FileCacheTest : public testing::Test {
  protected:
    FileCacheTest() : cache_(FileCache::open(dir_ / "cache").value()) {}

    Result<std::string> get(const std::string& made, const std::string& name = "a") {
        return cache_.get(name, "key of " + name, [&]() -> Result<std::string> {
            ++builds_;
            return made;
        });
    }
    fs::path path(const std::string& name = "a") const { return cache_.path_of(name); }
    static unsigned mode(const fs::path& file) {
        struct stat status{};
        EXPECT_EQ(::stat(file.c_str(), &status), 0);
        return status.st_mode & 0777U;
    }

    test::TempDir dir_;
    FileCache cache_;
    int builds_ = 0;
};

TEST_F(FileCacheTest, MakesOnceAndKeepsItToItsOwner) {
    EXPECT_EQ(get("first").value(), "first");
    EXPECT_EQ(get("second").value(), "first");
    EXPECT_EQ(builds_, 1);
    EXPECT_EQ(mode(dir_ / "cache"), 0700U);
    EXPECT_EQ(mode(path()), 0600U);
    EXPECT_FALSE(fs::exists(path("a.lock")));
}

TEST_F(FileCacheTest, NoDamageOfAThousandIsEverReadAsContent) {
    std::string content(3000, '\0');
    std::mt19937 random(11);
    for (char& c : content) c = static_cast<char>(random());
    ASSERT_TRUE(get(content));
    const std::string whole = test::read_file(path());
    for (int round = 0; round < 1000; ++round) {
        std::string damaged = whole;
        const std::size_t at =
            random() % (round % 2 == 0 ? 170 : damaged.size());  // the header, all
        switch (random() % 4) {
            case 0: damaged[at] = static_cast<char>(damaged[at] ^ (1U << (random() % 8))); break;
            case 1: damaged.resize(at); break;
            case 2: damaged.insert(at, 1, static_cast<char>(random())); break;
            default: damaged.erase(at, 1 + random() % 40);
        }
        if (damaged == whole) continue;
        test::write_file(path(), damaged);
        ASSERT_FALSE(read_sealed(path(), "key of a")) << "round " << round;
        if (round % 20 > 0) continue;
        ASSERT_EQ(get("made again").value(), "made again") << "round " << round;
        ASSERT_EQ(read_sealed(path(), "key of a").value(), "made again");
    }
}

TEST_F(FileCacheTest, WhatOthersCouldHaveWrittenIsMadeAgain) {
    ASSERT_TRUE(get("ours"));
    ASSERT_EQ(::chmod(path().c_str(), 0666), 0);
    EXPECT_EQ(read_sealed(path(), "key of a").error().code, ErrorCode::unsupported);
    EXPECT_EQ(get("again").value(), "again");
    EXPECT_EQ(mode(path()), 0600U);
    test::write_file(path("b"), sealed("key of a", "of another key"));
    EXPECT_EQ(get("own", "b").value(), "own");
}

TEST_F(FileCacheTest, IsBoundedAndForgetsWhatWasUsedLongestAgo) {
    FileCache small = FileCache::open(dir_ / "cache", 3600).value();
    const std::string thousand(1000, 'x');
    const auto age = [&](const std::string& name, int hours) {
        fs::last_write_time(path(name),
                            fs::file_time_type::clock::now() - std::chrono::hours(hours));
    };
    for (const char* name : {"a", "b", "c"}) {
        small.store(name, "key", thousand);
        age(name, 10);
    }
    ASSERT_TRUE(small.find("a", "key"));  // the oldest in name, now the latest in use
    age("b", 12);
    small.store("d", "key", thousand);
    EXPECT_TRUE(fs::exists(path("a")));
    EXPECT_FALSE(fs::exists(path("b")));
    EXPECT_TRUE(fs::exists(path("d")));
    small.store("e", "key", std::string(9000, 'x'));  // larger than all: it stays, alone
    EXPECT_TRUE(fs::exists(path("e")));
    EXPECT_FALSE(fs::exists(path("a")));
}

TEST_F(FileCacheTest, WorksWhereNothingCanBeKept) {
    const fs::path gone = dir_ / "gone";
    FileCache cache = FileCache::open(gone).value();
    fs::remove(gone);  // as a disk that was taken away
    const auto make = []() -> Result<std::string> { return "made"; };
    EXPECT_EQ(cache.get("a", "key", make).value(), "made");
    fs::create_directory(path("taken"));  // nothing can be renamed onto it
    EXPECT_EQ(get("made", "taken").value(), "made");
}

TEST_F(FileCacheTest, FoldersThatCantBeTrustedAreNotUsed) {
    fs::create_directory(dir_ / "open");
    ASSERT_EQ(::chmod((dir_ / "open").c_str(), 0777), 0);
    EXPECT_FALSE(usable_cache(dir_ / "open"));
    EXPECT_TRUE(fs::is_empty(dir_ / "open"));
    fs::create_symlink(dir_ / "cache", dir_ / "link");
    EXPECT_FALSE(usable_cache(dir_ / "link"));
    test::write_file(dir_ / "file", "x");
    EXPECT_FALSE(usable_cache(dir_ / "file" / "below"));
    EXPECT_FALSE(usable_cache(""));
    EXPECT_TRUE(usable_cache(dir_ / "new" / "folders"));
    EXPECT_EQ(FileCache::open(dir_ / "open").error().code, ErrorCode::unsupported);
    EXPECT_THAT(FileCache::open(dir_ / "open").error().remedy, testing::HasSubstr("--cache-dir"));
}

TEST_F(FileCacheTest, AReadOnlyFolderOfOurOwnKeepsItsMode) {
    ASSERT_TRUE(get("kept"));
    ASSERT_EQ(::chmod((dir_ / "cache").c_str(), 0500), 0);
    EXPECT_EQ(FileCache::open(dir_ / "cache").value().find("a", "key of a"), "kept");
    EXPECT_EQ(mode(dir_ / "cache"), 0500U);
    ASSERT_EQ(::chmod((dir_ / "cache").c_str(), 0700), 0);
}

TEST_F(FileCacheTest, EightProcessesOnAnEmptyCacheMakeItOnce) {
    const fs::path log = dir_ / "builds";
    std::vector<pid_t> children;
    for (int i = 0; i < 8; ++i) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            const auto content = cache_.get("a", "key", [&]() -> Result<std::string> {
                std::ofstream(log, std::ios::app) << "x";
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
                return "shared";
            });
            ::_exit(content && *content == "shared" ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(test::read_file(log), "x");
    EXPECT_FALSE(fs::exists(path("a.lock")));
}

TEST_F(FileCacheTest, AMakerThatDiesFreesTheLock) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        static_cast<void>(cache_.get("a", "key of a", []() -> Result<std::string> { ::_exit(7); }));
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 7);
    EXPECT_EQ(get("made").value(), "made");
}

TEST_F(FileCacheTest, AThreadThatWaitsForAnotherCanBeStopped) {
    std::stop_source stop;
    std::atomic<bool> making = false;
    std::jthread maker([&] {
        static_cast<void>(cache_.get("a", "key", [&]() -> Result<std::string> {
            making = true;
            while (!stop.stop_requested()) std::this_thread::yield();
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            return "late";
        }));
    });
    while (!making) std::this_thread::yield();
    stop.request_stop();
    const auto make = []() -> Result<std::string> { return "never"; };
    const auto waited = cache_.get("a", "key", make, stop.get_token());
    ASSERT_FALSE(waited);
    EXPECT_EQ(waited.error().code, ErrorCode::interrupted);
}

}  // namespace
}  // namespace saccade
