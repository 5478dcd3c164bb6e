#include "eval/counts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "eval/mot_evaluation.h"
#include "support/temp_dir.h"

namespace saccade::eval {
namespace {

/// A person of 40 x 100 px whose feet go from (x0, y0) to (x1, y1) between two frames, evenly.
void walk(MotFile& file, std::int64_t id, int from, int to, double x0, double y0, double x1,
          double y1) {
    for (int f = from; f <= to; ++f) {
        const double part = static_cast<double>(f - from) / (to - from);
        const double x = x0 + part * (x1 - x0), y = y0 + part * (y1 - y0);
        file.rows.push_back({f, id, x - 20, y - 100, 40, 100, 1, 1});
        file.last_frame = std::max(file.last_frame, f);
    }
    std::stable_sort(file.rows.begin(), file.rows.end(),
                     [](const MotRow& a, const MotRow& b) { return a.frame < b.frame; });
}

CountPlaces places(std::string_view line, std::string_view zone = {}) {
    CountPlaces p;
    p.lines.push_back(*track::parse_line(line));
    if (!zone.empty()) p.zones.push_back(*track::parse_zone(zone));
    return p;
}

/// Down across y = 500 at x = 300, after 1 s of 30 frames.
MotFile one_down() {
    MotFile file;
    walk(file, 1, 1, 61, 300, 400, 300, 600);
    return file;
}

const CountPlaces across = places("0,500,1000,500");

CountScore score(const MotFile& truth, const MotFile& tracks, const CountPlaces& at = across) {
    return evaluate_counts({truth, 30}, {tracks, 30}, at).score;
}

void expect_events(const CountScore& s, double found, double missed, double wrong_way,
                   double doubled, double invented) {
    EXPECT_EQ(s.found, found);
    EXPECT_EQ(s.missed, missed);
    EXPECT_EQ(s.wrong_way, wrong_way);
    EXPECT_EQ(s.doubled, doubled);
    EXPECT_EQ(s.invented, invented);
    EXPECT_EQ(s.crossings, found + missed + wrong_way);
    EXPECT_EQ(s.counted, found + wrong_way + doubled + invented);
}

TEST(Counts, TracksThatAreTheTruthHaveNoError) {
    MotFile truth = one_down();
    walk(truth, 2, 1, 61, 700, 650, 700, 450);
    const auto evaluation = evaluate_counts({truth, 30}, {truth, 30}, across);
    expect_events(evaluation.score, 2, 0, 0, 0, 0);
    EXPECT_EQ(evaluation.score.error(), 0);
    EXPECT_EQ(evaluation.score.event_error(), 0);
    ASSERT_EQ(evaluation.lines.size(), 1U);
    EXPECT_EQ(evaluation.lines[0].truth, (track::LineCounts{1, 1}));
    EXPECT_EQ(evaluation.lines[0].counted, (track::LineCounts{1, 1}));
}

TEST(Counts, AnIdentityThatEndsAtTheLineMissesIt) {
    MotFile tracks;
    walk(tracks, 1, 1, 20, 300, 400, 300, 463);
    const CountScore s = score(one_down(), tracks);
    expect_events(s, 0, 1, 0, 0, 0);
    EXPECT_EQ(s.error(), 1);
}

TEST(Counts, TwoIdentitiesOfOnePersonAreDoubled) {
    MotFile tracks = one_down();
    walk(tracks, 2, 5, 61, 310, 410, 310, 600);
    const CountScore s = score(one_down(), tracks);
    expect_events(s, 1, 0, 0, 1, 0);
    EXPECT_EQ(s.error(), 1);
    EXPECT_EQ(s.event_error(), 1);
}

TEST(Counts, TheOtherDirectionIsTheWrongWay) {
    MotFile tracks;
    walk(tracks, 1, 1, 61, 300, 600, 300, 400);
    const CountScore s = score(one_down(), tracks);
    expect_events(s, 0, 0, 1, 0, 0);
    EXPECT_EQ(s.error(), 2);  // one in too few, one out too many
    EXPECT_EQ(s.event_error(), 1);
}

TEST(Counts, ElsewhereOrAtAnotherTimeIsInventedThoughTheFiguresAgree) {
    for (const bool elsewhere : {false, true}) {
        MotFile tracks;
        if (elsewhere) walk(tracks, 1, 1, 61, 450, 400, 450, 600);
        if (!elsewhere) walk(tracks, 1, 61, 121, 300, 400, 300, 600);
        const CountScore s = score(one_down(), tracks);
        expect_events(s, 0, 1, 0, 0, 1);
        EXPECT_EQ(s.error(), 0);
        EXPECT_EQ(s.event_error(), 2);
    }
}

TEST(Counts, EachSideHasItsOwnRate) {
    MotFile tracks;  // every tenth frame
    walk(tracks, 1, 1, 7, 300, 400, 300, 600);
    const CountScore s = evaluate_counts({one_down(), 30}, {tracks, 3}, across).score;
    expect_events(s, 1, 0, 0, 0, 0);
}

TEST(Counts, StaysAreSecondsAndVisitors) {
    const auto at = places("0,5000,1000,5000", "0,450,1000,450,1000,550,0,550");
    MotFile tracks = one_down();
    const CountScore same = score(one_down(), tracks, at);
    EXPECT_EQ(same.visitors, 1);
    EXPECT_NEAR(same.dwell_seconds, 1, 0.05);  // half of the way of 2 s
    EXPECT_EQ(same.dwell_error(), 0);
    MotFile half;  // ends in the middle of the zone, and one stands there who is none
    walk(half, 1, 1, 31, 300, 400, 300, 500);
    walk(half, 2, 1, 61, 800, 500, 800, 500);
    const CountScore s = score(one_down(), half, at);
    EXPECT_EQ(s.visitors_difference, 1);
    EXPECT_NEAR(s.dwell_difference, 1.5, 0.1);  // 0.5 + 2 counted instead of 1
}

TEST(Counts, CombinedIsTheSum) {
    const CountScore a = score(one_down(), one_down()), b = score(one_down(), {});
    const CountScore all = combine(std::vector{a, b});
    expect_events(all, 1, 1, 0, 0, 0);
    EXPECT_EQ(all.error(), 0.5);
}

TEST(Counts, RandomPlacesAreTheSameEverywhereAndWherePeopleWalk) {
    MotFile truth;
    walk(truth, 1, 1, 61, 100, 200, 900, 600);
    const auto a = random_places(truth, 200, 50, 7), b = random_places(truth, 200, 50, 7);
    ASSERT_EQ(a.lines.size(), 200U);
    ASSERT_EQ(a.zones.size(), 50U);
    const double least = std::hypot(800, 400) / 4;
    for (std::size_t i = 0; i < a.lines.size(); ++i) {
        const auto& [start, end, name, metres] = a.lines[i];
        EXPECT_EQ(start.x, b.lines[i].start.x);
        EXPECT_GE(std::hypot(start.x - end.x, start.y - end.y), least * 0.999);
        for (const track::Point p : {start, end}) {
            EXPECT_TRUE(p.x >= 100 && p.x <= 900 && p.y >= 200 && p.y <= 600);
        }
    }
    EXPECT_NE(random_places(truth, 1, 0, 8).lines[0].start.x, a.lines[0].start.x);
    EXPECT_TRUE(random_places({}, 5, 5, 1).lines.empty());
}

/// SEQ/gt/gt.txt and SEQ.txt with the same walk; where they are.
EvalOptions write_folders(const std::filesystem::path& root, const std::string& info) {
    std::filesystem::create_directories(root / "gt" / "SEQ" / "gt");
    std::filesystem::create_directories(root / "tracks");
    std::ofstream truth(root / "gt" / "SEQ" / "gt" / "gt.txt");
    std::ofstream tracks(root / "tracks" / "SEQ.txt");
    for (const MotRow& r : one_down().rows) {
        truth << r.frame << ",1," << r.x << ',' << r.y << ",40,100,1,1,1\n";
        tracks << r.frame << ",7," << r.x << ',' << r.y << ",40,100,1,-1,-1,-1\n";
    }
    std::ofstream(root / "gt" / "SEQ" / "seqinfo.ini") << info;
    EvalOptions options;
    options.truth = root / "gt";
    options.tracks = root / "tracks";
    return options;
}

TEST(Counts, FoldersAreReadAsThoseOfTheOtherScores) {
    const saccade::test::TempDir dir;
    const auto options = write_folders(dir.path(), "[Sequence]\nframeRate=30\nseqLength=61\n");
    CountOptions counts;
    counts.places = across;
    const auto report = evaluate_mot_counts(options, counts);
    ASSERT_TRUE(report) << report.error().line();
    expect_events(report->combined, 1, 0, 0, 0, 0);
    EXPECT_NE(format_table(*report).find("COMBINED"), std::string::npos);
    EXPECT_NE(format_json(*report).find("\"missed\": 0"), std::string::npos);
}

TEST(Counts, WithoutARateThereAreNoTimes) {
    const saccade::test::TempDir dir;
    const auto options = write_folders(dir.path(), "[Sequence]\nseqLength=61\n");
    const auto report = evaluate_mot_counts(options, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::corrupt);
    EXPECT_NE(report.error().line().find("frameRate"), std::string::npos);
    EXPECT_TRUE(evaluate_mot(options));  // the other scores need none
}

}  // namespace
}  // namespace saccade::eval
