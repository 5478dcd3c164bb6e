#include "profile/bench_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace saccade::profile {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

BenchReport sample_report() {
    BenchReport report;
    report.version = "0.1.0";
    report.date = "2026-11-23 12:00 UTC";
    report.command = "saccade bench detector";
    report.setup = "yolo11n, <fp32> & \"co\"";
    report.machine.cpu = "Some CPU";
    report.machine.cores = 2;
    report.machine.memory = 8'000'000'000;
    report.machine.versions = {{"openvino", "2026.4"}};
    report.rows = {{.suite = "detector",
                    .name = "batch 1",
                    .unit = "frames/s",
                    .values = {30, 31, 29},
                    .x = 1,
                    .axis = "images a batch",
                    .limit = 33,
                    .limit_name = "backend alone",
                    .details = {{"cores busy", 1.5}, {"p99, ms", 33}},
                    .others = 0.25},
                   {.suite = "detector",
                    .name = "batch 4",
                    .unit = "frames/s",
                    .values = {28, 28.5, 29},
                    .x = 4,
                    .axis = "images a batch",
                    .limit = 30,
                    .limit_name = "backend alone",
                    .details = {{"cores busy", 1.25}}},
                   {.suite = "start",
                    .name = "load",
                    .unit = "ms",
                    .higher_is_better = false,
                    .values = {800, 810, 790}}};
    return report;
}

TEST(BenchReport, ComesBackFromItsJson) {
    const BenchReport report = sample_report();
    const auto back = parse_bench(bench_json(report), "old.json");
    ASSERT_TRUE(back) << back.error().line();
    EXPECT_EQ(bench_json(*back), bench_json([&] {
                  BenchReport known = report;  // not all of the machine is read back
                  known.machine.versions.clear();
                  return known;
              }()));
}

TEST(BenchReport, JsonHasItsSchemaAndNumbers) {
    const json out = json::parse(bench_json(sample_report()));
    EXPECT_EQ(out["schema"], "saccade.bench/1");
    EXPECT_EQ(out["machine"]["versions"]["openvino"], "2026.4");
    ASSERT_EQ(out["rows"].size(), 3U);
    const json& row = out["rows"][0];
    EXPECT_EQ(row["median"], 30);
    EXPECT_EQ(row["deviation"], 1);
    EXPECT_EQ(row["sweep"]["x"], 1);
    EXPECT_NEAR(row["efficiency"].get<double>(), 30.0 / 33, 1e-9);
    EXPECT_EQ(row["details"]["p99, ms"], 33);
    EXPECT_EQ(row["others_cores"], 0.25);
    EXPECT_FALSE(out["rows"][2].contains("limit"));
    EXPECT_FALSE(out["rows"][2].contains("others_cores"));
}

TEST(BenchReport, OtherFilesAreRefusedByName) {
    for (const char* text : {"", "{", "[]", "{}", R"({"schema":"saccade.run/1"})",
                             R"({"schema":"saccade.bench/1","rows":[{}]})",
                             R"({"schema":"saccade.bench/1","version":3})"}) {
        const auto read = parse_bench(text, "old.json");
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, ErrorCode::corrupt);
        EXPECT_THAT(read.error().message, HasSubstr("old.json"));
    }
}

TEST(BenchReport, RowsAreComparedWithTheirNamesakes) {
    BenchReport before = sample_report(), after = sample_report();
    after.rows[0].values = {40, 41, 39};      // better, beyond the noise
    after.rows[1].values = {28, 28.6, 29};    // within it
    after.rows[2].values = {990, 1000, 980};  // slower: worse, as lower is better
    after.rows.push_back({.suite = "decode", .name = "new", .unit = "frames/s", .values = {1}});
    const auto changes = compare_reports(before, after);
    ASSERT_EQ(changes.size(), 3U);
    EXPECT_EQ(changes[0].comparison.change, Change::better);
    EXPECT_EQ(changes[1].comparison.change, Change::same);
    EXPECT_EQ(changes[2].comparison.change, Change::worse);
    EXPECT_THAT(bench_text(after, changes), HasSubstr("worse"));
}

TEST(BenchReport, AMachineSharedWithOthersAccusesNobody) {
    BenchReport before = sample_report(), after = sample_report();
    after.rows[0].values = {16, 17, 15};
    after.rows[0].others = 1.25;  // half of the two cores more than before
    EXPECT_EQ(compare_reports(before, after)[0].comparison.change, Change::unsure);
    after.rows[0].others = -1;  // not seen
    EXPECT_EQ(compare_reports(before, after)[0].comparison.change, Change::worse);
}

TEST(BenchReport, MarkdownTablesHaveEqualColumns) {
    const std::string text = bench_markdown(sample_report(), {});
    std::istringstream lines(text);
    int rows = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line[0] != '|') continue;
        ++rows;
        // With two details and an efficiency; and without any of them.
        EXPECT_EQ(std::count(line.begin(), line.end(), '|'), rows <= 4 ? 9 : 6) << line;
    }
    EXPECT_EQ(rows, 2 + 2 + 2 + 1);
    EXPECT_THAT(text, HasSubstr("p99, ms"));
    EXPECT_THAT(text, HasSubstr("91 % of backend alone"));
}

TEST(BenchReport, HtmlEscapesWhatItIsTold) {
    BenchReport report = sample_report();
    report.rows[2].name = "<script>alert(1)</script>";
    const std::string page = bench_html(report, {});
    EXPECT_THAT(page, Not(HasSubstr("<script>")));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
    EXPECT_THAT(page, HasSubstr("&lt;fp32&gt; &amp; &quot;co&quot;"));
}

}  // namespace
}  // namespace saccade::profile
