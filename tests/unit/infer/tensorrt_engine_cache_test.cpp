#include "infer/tensorrt/engine_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>

#include "core/sealed_file.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::infer::tensorrt {
namespace {

namespace fs = std::filesystem;

EngineKey key() {
    EngineKey key;
    key.model = "0123";
    key.backend = "tensorrt 10.6.0";
    key.device = "GPU";
    key.capability = 90;
    key.height = key.width = 640;
    key.profiles = {{1, 1, 4}, {1, 32, 32}};
    return key;
}

class EngineCacheTest : public testing::Test {
  protected:
    EngineCacheTest() : cache_(EngineCache::open(dir_ / "engines").value()) {}

    /// The plan, built as `plan` where it has to be.
    Result<std::string> get(const std::string& plan, const EngineKey& wanted = key()) {
        return cache_.plan_for(wanted, [&](const std::string& timing) -> Result<Built> {
            ++builds_;
            timing_ = timing;
            return Built{plan, "timing of " + plan};
        });
    }
    fs::path path() const { return cache_.path_of(key()); }

    test::TempDir dir_;
    EngineCache cache_;
    int builds_ = 0;
    std::string timing_;
};

TEST_F(EngineCacheTest, BuildsOnceAndKeepsItsFolderPrivate) {
    EXPECT_EQ(get("plan A").value(), "plan A");
    EXPECT_EQ(get("plan B").value(), "plan A");
    EXPECT_EQ(builds_, 1);
    struct stat status{};
    ASSERT_EQ(::stat((dir_ / "engines").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(EngineCacheTest, EveryFieldOfTheKeyCounts) {
    EXPECT_EQ(get("first").value(), "first");
    std::vector<EngineKey> others(9, key());
    others[0].model = "0124";
    others[1].backend = "tensorrt 10.6.1";
    others[2].device = "GPU 2";
    others[3].capability = 89;
    others[4].height = 480;
    others[5].width = 480;
    others[6].profiles.pop_back();
    others[7].profiles[1].best = 16;
    others[8].options = "x";
    for (std::size_t i = 0; i < others.size(); ++i) {
        EXPECT_EQ(get(std::to_string(i), others[i]).value(), std::to_string(i));
    }
    EXPECT_EQ(builds_, 10);
}

TEST_F(EngineCacheTest, EveryDamagedByteAndEveryCutIsFound) {
    ASSERT_TRUE(get("a plan of some bytes"));
    const std::string whole = test::read_file(path());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        std::string damaged = whole;
        damaged[i] = static_cast<char>(damaged[i] ^ 1);
        test::write_file(path(), damaged);
        EXPECT_FALSE(read_sealed(path(), key().text())) << "byte " << i;
        test::write_file(path(), whole.substr(0, i));
        EXPECT_FALSE(read_sealed(path(), key().text())) << "cut at " << i;
    }
    test::write_file(path(), whole + "x");
    EXPECT_FALSE(read_sealed(path(), key().text()));
    builds_ = 0;
    EXPECT_EQ(get("built again").value(), "built again");
    EXPECT_EQ(builds_, 1);
    EXPECT_EQ(read_sealed(path(), key().text()).value(), "built again");
}

TEST_F(EngineCacheTest, OfAThousandDamagesNoneIsLoaded) {
    std::mt19937 random(1);
    ASSERT_TRUE(get("a plan of some bytes"));
    const std::string whole = test::read_file(path());
    for (int round = 0; round < 1000; ++round) {
        std::string damaged = whole;
        for (unsigned i = 0; i <= random() % 3; ++i) {
            damaged[random() % damaged.size()] = static_cast<char>(random());
        }
        if (damaged == whole) continue;
        if (round % 7 == 0) damaged += damaged;
        test::write_file(path(), damaged);
        ASSERT_FALSE(read_sealed(path(), key().text())) << "round " << round;
        if (round % 20 > 0) continue;
        ASSERT_EQ(get("built again").value(), "built again") << "round " << round;
    }
    // Timing caches as well: what is damaged is not handed to a builder.
    EngineKey other = key();
    other.model = "another";
    for (const auto& file : fs::directory_iterator(dir_ / "engines")) {
        if (file.path().extension() != ".timing") continue;
        std::string bytes = test::read_file(file.path());
        bytes.back() = static_cast<char>(bytes.back() ^ 1);
        test::write_file(file.path(), bytes);
    }
    ASSERT_TRUE(get("of another model", other));
    EXPECT_EQ(timing_, "");
}

TEST_F(EngineCacheTest, APlanOfAnotherKeyUnderOurNameIsRefused) {
    test::write_file(path(), sealed("some other key", "foreign"));
    EXPECT_EQ(read_sealed(path(), key().text()).error().code, ErrorCode::unsupported);
    EXPECT_EQ(get("own").value(), "own");
}

TEST_F(EngineCacheTest, LinksAndFoldersAreNoPlans) {
    test::write_file(dir_ / "elsewhere", sealed(key().text(), "linked"));
    fs::create_symlink(dir_ / "elsewhere", path());
    EXPECT_EQ(read_sealed(path(), key().text()).error().code, ErrorCode::unsupported);
    EXPECT_EQ(get("own").value(), "own");
    EXPECT_FALSE(fs::is_symlink(path()));
    EXPECT_NE(test::read_file(dir_ / "elsewhere").find("linked"), std::string::npos);
    EXPECT_FALSE(read_sealed(dir_.path(), key().text()));
}

TEST_F(EngineCacheTest, APlanOfAnotherOwnerIsRefused) {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
    ASSERT_TRUE(get("plan"));
    ASSERT_EQ(::chown(path().c_str(), 65534, 65534), 0);
    EXPECT_EQ(read_sealed(path(), key().text()).error().code, ErrorCode::unsupported);
    EXPECT_EQ(get("own").value(), "own");
    EXPECT_EQ(builds_, 2);
}

TEST_F(EngineCacheTest, AFailedBuildLeavesNothing) {
    const auto failed = cache_.plan_for(key(), [](const std::string&) -> Result<Built> {
        return fail(ErrorCode::out_of_memory, "too big");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "too big");
    EXPECT_FALSE(fs::exists(path()));
    EXPECT_EQ(get("plan").value(), "plan");
}

TEST_F(EngineCacheTest, TimingCachesTravelToTheNextBuildOfTheSameGpu) {
    ASSERT_TRUE(get("first"));
    EXPECT_EQ(timing_, "");
    EngineKey other = key();
    other.model = "another";
    ASSERT_TRUE(get("second", other));
    EXPECT_EQ(timing_, "timing of first");
    other.device = "another GPU";
    ASSERT_TRUE(get("third", other));
    EXPECT_EQ(timing_, "");
}

TEST_F(EngineCacheTest, APlanThatCantBeStoredIsUsedAllTheSame) {
    fs::create_directory(path());  // nothing can be renamed onto it
    EXPECT_EQ(get("plan").value(), "plan");
}

TEST(EngineCacheFolder, MadePrivateOrRefused) {
    test::TempDir dir;
    fs::create_directory(dir / "open");
    ASSERT_EQ(::chmod((dir / "open").c_str(), 0777), 0);
    const auto open = EngineCache::open(dir / "open");
    ASSERT_FALSE(open);
    EXPECT_EQ(open.error().code, ErrorCode::unsupported);

    fs::create_directory(dir / "readable");
    ASSERT_EQ(::chmod((dir / "readable").c_str(), 0755), 0);
    EXPECT_TRUE(EngineCache::open(dir / "readable"));
    struct stat status{};
    ASSERT_EQ(::stat((dir / "readable").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);

    fs::create_symlink(dir / "readable", dir / "link");
    EXPECT_FALSE(EngineCache::open(dir / "link"));
    test::write_file(dir / "file", "x");
    EXPECT_FALSE(EngineCache::open(dir / "file"));
    EXPECT_EQ(EngineCache::open(dir / "file" / "below").error().code, ErrorCode::unwritable);
    EXPECT_TRUE(EngineCache::open(dir / "new" / "folders"));
    if (::geteuid() == 0) {
        fs::create_directory(dir / "foreign");
        ASSERT_EQ(::chown((dir / "foreign").c_str(), 65534, 65534), 0);
        EXPECT_FALSE(EngineCache::open(dir / "foreign"));
    }
}

}  // namespace
}  // namespace saccade::infer::tensorrt
