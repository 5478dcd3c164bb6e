#include "profile/mission_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace saccade::profile {
namespace {

using testing::HasSubstr;
using testing::Not;

MissionRow row(std::optional<double> theirs, std::optional<double> ours, double at_least = 100) {
    return {.name = "1080p",
            .figures = {{.name = "frames/s", .theirs = theirs, .ours = ours, .at_least = at_least}},
            .left_out = {}};
}

TEST(Mission, ARowMeetsItsAimOrMissesIt) {
    EXPECT_EQ(verdict_of(row(105, 4200)), "met, 40.0 x better than theirs");
    EXPECT_EQ(verdict_of(row(std::nullopt, 4200)), "met");
    EXPECT_EQ(verdict_of(row(105, 50)), "missed: 50.0 frames/s where over 100 is wanted");
    EXPECT_EQ(verdict_of(row(105, 100)), "missed: 100 frames/s where over 100 is wanted");
    EXPECT_EQ(verdict_of(row(34, 17, 0)), "2.00 x worse than theirs");
    EXPECT_EQ(verdict_of(row(std::nullopt, 17, 0)), "");
}

TEST(Mission, AllFiguresOfARowCount) {
    MissionRow both = row(105, 4200);
    both.figures.push_back(
        {.name = "GPU memory, GB", .ours = 21, .higher_is_better = false, .at_most = 20});
    EXPECT_EQ(verdict_of(both), "missed: 21.0 GPU memory, GB where under 20.0 is wanted");
    both.figures.back().ours = 3;
    EXPECT_EQ(verdict_of(both), "met, 40.0 x better than theirs");
}

TEST(Mission, WhatIsShorterIsBetterWhereThatIsSaid) {
    const MissionRow ms{
        .name = "FP16",
        .figures = {{.name = "ms", .theirs = 13.2, .ours = 1.1, .higher_is_better = false}},
        .left_out = {}};
    EXPECT_EQ(verdict_of(ms), "12.0 x better than theirs");
}

MissionReport report() {
    MissionReport all;
    all.setup = "yolo11n";
    all.command = "saccade bench mission";
    MissionRow left_out = row(97, std::nullopt, 0);
    left_out.name = "4 <streams>";
    left_out.left_out = "no GPU is here";
    all.tables = {{.title = "Streams", .note = "A note.", .rows = {row(105, 4200), left_out}},
                  {.title = "Models", .note = "", .rows = {row(128, 50)}}};
    return all;
}

TEST(Mission, IsSummedUp) {
    const MissionScore score = score_of(report());
    EXPECT_EQ(score.aims, 2);
    EXPECT_EQ(score.met, 1);
    EXPECT_EQ(score.left_out, 1);
    EXPECT_THAT(summary_of(report()), HasSubstr("1 of 2 rows"));
}

TEST(Mission, EveryWriterTellsTheSame) {
    for (const std::string& text : {mission_text(report()), mission_markdown(report())}) {
        EXPECT_THAT(text, HasSubstr("1. Streams"));
        EXPECT_THAT(text, HasSubstr("left out: no GPU is here"));
        EXPECT_THAT(text, HasSubstr("met, 40.0 x better than theirs"));
        EXPECT_THAT(text, HasSubstr("1 of 2 rows"));
    }
    const std::string page = mission_html(report());
    EXPECT_THAT(page, HasSubstr("4 &lt;streams&gt;"));
    EXPECT_THAT(page, Not(HasSubstr("4 <streams>")));
    EXPECT_THAT(page, HasSubstr("left out: no GPU is here"));
    const auto written = nlohmann::json::parse(mission_json(report()));
    EXPECT_EQ(written["schema"], "saccade.mission/1");
    EXPECT_EQ(written["tables"][0]["rows"][0]["figures"][0]["ours"], 4200);
    EXPECT_EQ(written["tables"][0]["rows"][1]["figures"][0]["ours"], nullptr);
    EXPECT_EQ(written["tables"][0]["rows"][1]["left_out"], "no GPU is here");
    EXPECT_EQ(written["score"]["met"], 1);
}

TEST(Mission, ColumnsThatNobodyHasAFigureForAreLeftOut) {
    MissionReport all = report();
    all.tables = {{.title = "t", .note = "", .rows = {row(std::nullopt, 5)}}};
    EXPECT_THAT(cells_of(all.tables[0]).head,
                testing::ElementsAre("", "frames/s, ours", "verdict"));
}

}  // namespace
}  // namespace saccade::profile
