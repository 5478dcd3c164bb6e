// The same command over an empty, a filled, a damaged and an unusable cache.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <map>

#include "support/program.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class Caches : public testing::Test {
  protected:
    /// Outputs of one run by name. SACCADE_CACHE_DIR is Program's, unless another is named.
    std::map<std::string, std::string> run(const std::string& cache = "",
                                           test::ProcessOptions options = {}) {
        std::error_code ignored;
        fs::remove_all(program_.out(), ignored);
        if (!cache.empty()) options.environment["SACCADE_CACHE_DIR"] = cache;
        options.environment["TMPDIR"] = program_.dir().path().string();
        last_ = program_.run({"track", "synthetic:frames=12", "synthetic:frames=9&seed=4",
                              "--imgsz", "320", "--save", "mot,jsonl,csv"},
                             options);
        std::map<std::string, std::string> files;
        for (const auto& name : program_.outputs()) {
            files[name] = test::read_file(program_.out() / name);
        }
        files.erase("saccade-journal.jsonl");
        return files;
    }
    fs::path compiled() const { return program_.dir() / "cache/compiled"; }

    test::Program program_;
    test::ProcessResult last_;
};

TEST_F(Caches, GiveTheSameEmptyFilledAndDamaged) {
    const auto cold = run();
    ASSERT_EQ(last_.exit_code, 0) << last_.err;
    ASSERT_GE(cold.size(), 3U);
    ASSERT_FALSE(fs::is_empty(compiled()));
    EXPECT_EQ(run(), cold);
    EXPECT_EQ(last_.exit_code, 0) << last_.err;
    EXPECT_THAT(last_.err, Not(HasSubstr("warning")));
    for (const auto& entry : fs::directory_iterator(compiled())) {
        std::string bytes = test::read_file(entry.path());
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
        test::write_file(entry.path(), bytes);
    }
    EXPECT_EQ(run(), cold);
    EXPECT_EQ(last_.exit_code, 0) << last_.err;
    EXPECT_THAT(last_.err, HasSubstr("is damaged"));
}

TEST_F(Caches, ThatCantBeUsedAreDoneWithout) {
    const auto wanted = run();
    const fs::path file = program_.dir() / "a-file", open = program_.dir() / "open";
    test::write_file(file, "x");
    fs::create_directories(open / "compiled");
    fs::create_directories(open / "models");
    for (const char* folder : {"compiled", "models"}) {
        ASSERT_EQ(::chmod((open / folder).c_str(), 0777), 0);
    }
    for (const fs::path& cache : {file, open}) {
        EXPECT_EQ(run(cache.string()), wanted);
        EXPECT_EQ(last_.exit_code, 0) << last_.err;
        EXPECT_THAT(last_.err, HasSubstr("--cache-dir"));
    }
    EXPECT_TRUE(fs::is_empty(open / "compiled"));
    EXPECT_TRUE(fs::is_empty(open / "models"));
}

TEST_F(Caches, ThatAreFullAreDoneWithout) {
    const auto wanted = run();
    fs::remove_all(compiled());
    EXPECT_EQ(run("", {.largest_file = 60'000}), wanted);  // the outputs fit, the network doesn't
    EXPECT_EQ(last_.exit_code, 0) << last_.err;
    EXPECT_THAT(last_.err, HasSubstr("not kept for the next run"));
    EXPECT_TRUE(fs::is_empty(compiled()));
}

}  // namespace
}  // namespace saccade
