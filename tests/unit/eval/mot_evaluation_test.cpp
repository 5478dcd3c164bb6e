#include "eval/mot_evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "mot_cases.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::eval {
namespace {

using nlohmann::json;
using saccade::test::read_file;
using saccade::test::TempDir;
using saccade::test::write_file;
using test::MotCase;
using test::MotCaseMaker;
using ::testing::HasSubstr;

void write_text(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    write_file(path, text);
}

// root/gt/NAME/..., root/tracks/ours/NAME.txt: as trackeval_golden.py wants it.
void write_sequence(const std::filesystem::path& root, const std::string& name, const MotCase& c) {
    write_text(root / "gt" / name / "gt/gt.txt", c.truth);
    write_text(root / "gt" / name / "seqinfo.ini",
               fmt::format("[Sequence]\r\nname = {}\r\nseqLength = {}\r\n", name, c.frames));
    write_text(root / "tracks/ours" / (name + ".txt"), c.tracks);
}

EvalOptions options_for(const std::filesystem::path& root) {
    EvalOptions options;
    options.truth = root / "gt";
    options.tracks = root / "tracks/ours";
    return options;
}

// Four sequences of each benchmark: random ones, and one where the tracker wrote nothing.
void write_benchmark(const std::filesystem::path& root, const std::string& benchmark) {
    const auto rules = benchmark == "MOT15"   ? MotBenchmark::mot15
                       : benchmark == "MOT20" ? MotBenchmark::mot20
                                              : MotBenchmark::mot17;
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
        write_sequence(root, fmt::format("{}-{:02}", benchmark, seed),
                       MotCaseMaker(seed).make(rules));
    }
    MotCase nothing = MotCaseMaker(4).make(rules);
    nothing.tracks.clear();
    write_sequence(root, benchmark + "-04", nothing);
}

void expect_equal(const SequenceScore& ours, const json& reference) {
    SCOPED_TRACE(ours.name);
    std::size_t compared = 0;
    for (const Figure& f : figures(ours)) {
        const auto at = reference.find(f.name);
        if (at == reference.end() || at->is_array()) continue;
        EXPECT_NEAR(f.value, at->get<double>(), 1e-7) << f.name;
        ++compared;
    }
    for (const FigureByAlpha& f : figures_by_alpha(ours)) {
        const auto& values = reference.at(f.name);
        ASSERT_EQ(values.size(), hota_thresholds);
        for (std::size_t a = 0; a < hota_thresholds; ++a) {
            EXPECT_NEAR(f.values[a], values[a].get<double>(), 1e-7) << f.name << " " << a;
        }
        ++compared;
    }
    EXPECT_EQ(compared, reference.size());
}

class Golden : public ::testing::TestWithParam<const char*> {};

// tests/golden/eval/mot.json holds TrackEval's figures on these same files. To make it anew:
// SACCADE_WRITE_MOT_CASES=DIR writes the files, trackeval_golden.py DIR judges them.
TEST_P(Golden, EqualsTrackEval) {
    const std::string benchmark = GetParam();
    TempDir dir;
    write_benchmark(dir.path(), benchmark);
    if (const char* out = std::getenv("SACCADE_WRITE_MOT_CASES")) {
        write_benchmark(std::filesystem::path(out) / benchmark, benchmark);
    }
    const auto report = evaluate_mot(options_for(dir.path()));
    ASSERT_TRUE(report) << report.error().line();
    const json golden = json::parse(
        read_file(saccade::test::source_dir() / "tests/golden/eval/mot.json"), nullptr, false);
    ASSERT_TRUE(golden.is_object());
    ASSERT_EQ(report->sequences.size(), 4U);
    for (const SequenceScore& s : report->sequences) {
        expect_equal(s, golden.at(benchmark).at(s.name));
    }
    expect_equal(report->combined, golden.at(benchmark).at("COMBINED_SEQ"));
}

INSTANTIATE_TEST_SUITE_P(Benchmarks, Golden, ::testing::Values("MOT15", "MOT17", "MOT20"));

// Public detections of ADL-Rundle-6 with ids by place from left to right.
TEST(MotEvaluation, EqualsTrackEvalOnARealSequence) {
    SACCADE_NEEDS_SHARED("adl-rundle-6/gt/gt.txt");
    const auto folder = saccade::test::shared_dir() / "adl-rundle-6";
    auto found = read_mot_file(folder / "det/det.txt", MotFileKind::detections);
    ASSERT_TRUE(found) << found.error().line();
    std::sort(found->rows.begin(), found->rows.end(), [](const MotRow& a, const MotRow& b) {
        return std::tie(a.frame, a.x, a.y) < std::tie(b.frame, b.x, b.y);
    });
    std::string tracks;
    int frame = 0, id = 0;
    for (const MotRow& r : found->rows) {
        id = r.frame == frame ? id + 1 : 1;
        frame = r.frame;
        tracks += fmt::format("{},{},{:.3f},{:.3f},{:.3f},{:.3f},1,-1,-1,-1\n", frame, id, r.x, r.y,
                              r.width, r.height);
    }
    TempDir dir;
    write_text(dir / "tracks/adl-rundle-6.txt", tracks);
    if (const char* out = std::getenv("SACCADE_WRITE_MOT_CASES")) {
        write_sequence(std::filesystem::path(out) / "ADL", "adl-rundle-6",
                       {read_file(folder / "gt/gt.txt"), tracks, 525});
    }
    EvalOptions options;
    options.truth = folder;
    options.tracks = dir / "tracks";
    const auto report = evaluate_mot(options);
    ASSERT_TRUE(report) << report.error().line();
    const json golden = json::parse(
        read_file(saccade::test::source_dir() / "tests/golden/eval/mot.json"), nullptr, false);
    ASSERT_EQ(report->sequences.size(), 1U);
    expect_equal(report->sequences[0], golden.at("ADL").at("adl-rundle-6"));
}

TEST(MotEvaluation, JudgesTheSequencesThatAreNamedInTheirOrder) {
    TempDir dir;
    write_benchmark(dir.path(), "MOT17");
    EvalOptions options = options_for(dir.path());
    options.sequences = {"MOT17-03", "MOT17-01"};
    const auto report = evaluate_mot(options);
    ASSERT_TRUE(report);
    ASSERT_EQ(report->sequences.size(), 2U);
    EXPECT_EQ(report->sequences[0].name, "MOT17-03");
    EXPECT_EQ(report->combined.truth_boxes,
              report->sequences[0].truth_boxes + report->sequences[1].truth_boxes);
    options.sequences = {"MOT17-01", "MOT17-01"};
    EXPECT_EQ(evaluate_mot(options).error().code, ErrorCode::invalid_argument);
    options.sequences = {"MOT17-99"};
    EXPECT_EQ(evaluate_mot(options).error().code, ErrorCode::not_found);
}

TEST(MotEvaluation, TakesTheLengthFromTheFilesWithoutSeqinfo) {
    TempDir dir;
    write_sequence(dir.path(), "a", {"1,1,0,0,9,9,1,1\n", "1,1,0,0,9,9,1\n7,1,0,0,9,9,1\n", 3});
    EXPECT_EQ(evaluate_mot(options_for(dir.path())).error().code, ErrorCode::corrupt);
    std::filesystem::remove(dir / "gt" / "a/seqinfo.ini");
    const auto report = evaluate_mot(options_for(dir.path()));
    ASSERT_TRUE(report) << report.error().line();
    EXPECT_EQ(report->sequences[0].frames, 7U);
}

TEST(MotEvaluation, WhatIsMissingOrBrokenIsNamed) {
    TempDir dir;
    const auto error = [&] {
        const auto report = evaluate_mot(options_for(dir.path()));
        return report ? Error{} : report.error();
    };
    EXPECT_EQ(error().code, ErrorCode::not_found);
    std::filesystem::create_directories(dir / "gt");
    EXPECT_THAT(error().message, HasSubstr("no sequence in"));
    write_sequence(dir.path(), "s", {"1,1,0,0,9,9,1,1\n", "", 5});
    EXPECT_TRUE(evaluate_mot(options_for(dir.path())));

    std::filesystem::remove(dir / "tracks/ours/s.txt");
    EXPECT_EQ(error().code, ErrorCode::not_found);
    EXPECT_THAT(error().line(), HasSubstr("s.txt"));
    EXPECT_THAT(error().line(), HasSubstr("each sequence needs its result"));
    write_text(dir / "tracks/ours/s.txt", "1,1,0,0,9,9,1\n1,x,0,0,9,9,1\n");
    EXPECT_THAT(error().message, HasSubstr("s.txt:2: column 2 is not a number: 'x'"));
    write_text(dir / "tracks/ours/s.txt", "6,1,0,0,9,9,1\n");
    EXPECT_THAT(error().message, HasSubstr("frame 6 in a sequence of 5"));
    write_text(dir / "tracks/ours/s.txt", "1,1,0,0,9,9,1,3\n");
    EXPECT_EQ(error().code, ErrorCode::unsupported);
    write_text(dir / "tracks/ours/s.txt", "");
    write_text(dir / "gt/s/gt/gt.txt", "1,1,0,0,9,9,1,1\n1,2,0,0,9,9,1,14\n");
    EXPECT_THAT(error().message, HasSubstr("gt.txt: class 14 in frame 1"));
    write_text(dir / "gt/s/gt/gt.txt", "1,1,0,0,9,9,1,1\n");
    for (const char* ini : {"", "seqLength=\n", "seqLength=5x\n", "seqLength=0\n", "seqLength=-3\n",
                            "seqLength=99999999999\n"}) {
        write_text(dir / "gt/s/seqinfo.ini", ini);
        EXPECT_EQ(error().code, ErrorCode::corrupt) << ini;
        EXPECT_THAT(error().message, HasSubstr("seqinfo.ini"));
    }
}

TEST(MotReport, TableAndJsonSayTheSame) {
    TempDir dir;
    write_benchmark(dir.path(), "MOT17");
    const auto report = evaluate_mot(options_for(dir.path()));
    ASSERT_TRUE(report);
    const std::string table = format_table(*report);
    EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 6);
    EXPECT_THAT(table, HasSubstr("\nMOT17-04 "));
    EXPECT_THAT(table, HasSubstr("\nCOMBINED "));
    const json parsed = json::parse(format_json(*report), nullptr, false);
    ASSERT_TRUE(parsed.is_object());
    EXPECT_EQ(parsed["sequences"].size(), 4U);
    EXPECT_EQ(parsed["combined"]["IDSW"], report->combined.clear.switches);
    EXPECT_EQ(parsed["combined"]["by_alpha"]["HOTA"].size(), hota_thresholds);
    EXPECT_THAT(table, HasSubstr(fmt::format(" {:>7.2f}", 100 * mean(report->combined.hota.hota))));
}

}  // namespace
}  // namespace saccade::eval
