// `saccade bench` through the binary: every suite gives its rows, and what it writes it reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "support/program.h"

namespace saccade {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class BenchVerb : public testing::Test {
  protected:
    test::ProcessResult bench(std::vector<std::string> words) {
        words.insert(words.begin(), "bench");
        for (const char* word : {"--reps", "2", "--frames", "8", "--source",
                                 "synthetic:frames=8&width=320&height=240"}) {
            words.emplace_back(word);
        }
        return program_.run(std::move(words));
    }
    static std::set<std::string> names_of(const json& report) {
        std::set<std::string> names;
        for (const json& row : report["rows"])
            names.insert(row["suite"].get<std::string>() + "/" + row["name"].get<std::string>());
        return names;
    }
    test::Program program_;
};

TEST_F(BenchVerb, EverySuiteMeasures) {
    const auto result = bench(
        {"--json", "--batches", "1,3", "--counts", "1,2", "--sizes", "1080p", "--inputs", "320"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json report = json::parse(result.out);
    const std::set<std::string> names = names_of(report);
    for (const char* name :
         {"detector/batch 1", "detector/batch 3", "decode/1 thread", "streams/1 stream",
          "streams/2 streams", "resolutions/1920x1080 at 320", "models/synthetic",
          "trackers/saccade", "start/load, empty cache", "start/program start to end, 1 frame"}) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
    for (const json& row : report["rows"]) {
        EXPECT_EQ(row["values"].size(), 2U) << row["name"];
        EXPECT_GT(row["min"].get<double>(), 0) << row["name"];
        if (row["suite"] == "streams" || row["suite"] == "resolutions") {
            EXPECT_GT(row["efficiency"].get<double>(), 0) << row["name"];
            EXPECT_GT(row["details"]["latency p99, ms"].get<double>(), 0) << row["name"];
        }
    }
    EXPECT_THAT(report["command"].get<std::string>(),
                HasSubstr("--batches 1,3 --counts 1,2 --sizes 1080p"));
}

TEST_F(BenchVerb, ReportsAreWrittenAndCompared) {
    const std::string old = (program_.dir() / "old.json").string();
    const std::string page = (program_.dir() / "page.html").string();
    auto result = bench({"trackers", "--json-file", old});
    ASSERT_EQ(result.exit_code, 0) << result.err;

    // An older run that was ten times as fast, with nobody else on the machine to blame.
    json report = json::parse(test::read_file(old));
    for (json& row : report["rows"]) {
        for (json& value : row["values"]) value = 10 * value.get<double>();
        row.erase("others_cores");
    }
    test::write_file(old, report.dump());
    result = bench({"trackers", "--compare", old, "--html", page});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.out, HasSubstr("worse"));
    EXPECT_THAT(test::read_file(page), HasSubstr("class=\"worse\""));

    test::write_file(old, "{}");
    result = bench({"trackers", "--compare", old});
    EXPECT_NE(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("old.json"));
    result = bench({"trackers", "--compare", program_.dir().path().string()});  // a folder
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr(program_.dir().path().string()));
    EXPECT_THAT(result.err, testing::Not(HasSubstr("internal error")));
}

TEST_F(BenchVerb, SaysWhatItCanNotDo) {
    EXPECT_THAT(bench({"nosuch"}).err, HasSubstr("nosuch"));
    EXPECT_EQ(bench({"streams", "--counts", "0"}).exit_code, 2);
    EXPECT_EQ(bench({"resolutions", "--sizes", "9k"}).exit_code, 2);
}

}  // namespace
}  // namespace saccade
