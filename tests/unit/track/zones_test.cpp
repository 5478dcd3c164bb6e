#include "track/zones.h"

#include <gtest/gtest.h>

namespace saccade::track {
namespace {

using std::chrono::milliseconds;

/// A track whose lower edge's middle is at (x, y), 100 px high.
Track standing_at(float x, float y, std::int64_t id = 1, int class_id = 0) {
    const Box box{x - 20, y - 100, x + 20, y};
    return {.id = id, .box = box, .raw_box = box, .score = 0.9F, .class_id = class_id};
}

Line line(std::string_view text) {
    auto parsed = parse_line(text);
    EXPECT_TRUE(parsed) << text;
    return *parsed;
}
Zone zone(std::string_view text) {
    auto parsed = parse_zone(text);
    EXPECT_TRUE(parsed) << text;
    return *parsed;
}

/// Walks one object through points, 100 ms a step.
void walk(Counter& counter, const std::vector<Point>& way, std::int64_t id = 1, int class_id = 0,
          int start_ms = 0) {
    for (std::size_t i = 0; i < way.size(); ++i) {
        const Track t = standing_at(way[i].x, way[i].y, id, class_id);
        counter.update({&t, 1}, milliseconds(start_ms + 100 * static_cast<int>(i)));
    }
}

TEST(Counter, GoingDownAcrossALineDrawnToTheRightIsIn) {
    Counter counter({line("0,500,1000,500:door")}, {});
    walk(counter, {{300, 400}, {300, 480}, {300, 520}, {300, 600}}, 1, 2);
    walk(counter, {{300, 600}, {300, 400}}, 2, 2, 1000);
    walk(counter, {{300, 600}, {300, 400}}, 3, 7, 2000);
    const auto s = counter.summary();
    ASSERT_EQ(s.lines.size(), 1U);
    EXPECT_EQ(s.lines[0].name, "door");
    EXPECT_EQ(s.lines[0].by_class.at(2), (LineCounts{1, 1}));
    EXPECT_EQ(s.lines[0].by_class.at(7), (LineCounts{0, 1}));
}

TEST(Counter, ALineEndsWhereItEnds) {
    Counter counter({line("0,500,200,500"), line("500,0,500,400")}, {});
    walk(counter, {{300, 400}, {300, 600}});             // past the end of the first
    walk(counter, {{100, 300}, {900, 300}}, 2, 0, 500);  // through the second, right to left of it
    const auto s = counter.summary();
    EXPECT_EQ(s.lines[0].name, "line 1");
    EXPECT_TRUE(s.lines[0].by_class.empty());
    EXPECT_EQ(s.lines[1].by_class.at(0), (LineCounts{0, 1}));
}

TEST(Counter, WhoStandsOnALineIsNotCountedAgainAndAgain) {
    Counter counter({line("0,500,1000,500")}, {});
    std::vector<Point> way = {{300, 450}};
    for (int i = 0; i < 50; ++i) way.push_back({300, i % 2 == 0 ? 503.0F : 497.0F});
    walk(counter, way);
    EXPECT_TRUE(counter.summary().lines[0].by_class.empty());
    way.push_back({300, 550});
    walk(counter, way, 2, 0, 10000);
    EXPECT_EQ(counter.summary().lines[0].by_class.at(0), (LineCounts{1, 0}));
}

TEST(Counter, DwellIsTheTimeBetweenSightingsInside) {
    Counter counter({}, {zone("100,100,300,100,300,300,100,300:shop")});
    // In at 200 ms, seen inside until 500 ms, out, in again from 700 to 800 ms.
    walk(counter,
         {{0, 0},
          {50, 200},
          {150, 200},
          {200, 200},
          {200, 250},
          {250, 250},
          {400, 250},
          {250, 250},
          {200, 200}},
         4, 1);
    auto counts = counter.summary().zones[0].by_class.at(1);
    EXPECT_EQ(counts.visitors, 1U);
    EXPECT_EQ(counts.inside, 1U);
    EXPECT_NEAR(counts.dwell_seconds, 0.4, 1e-9);
    EXPECT_NEAR(counts.longest_seconds, 0.4, 1e-9);
    walk(counter, {{200, 200}, {200, 200}}, 5, 1, 2000);
    counter.update({}, milliseconds(3000));
    counts = counter.summary().zones[0].by_class.at(1);
    EXPECT_EQ(counts.visitors, 2U);
    EXPECT_EQ(counts.inside, 0U);
    EXPECT_NEAR(counts.dwell_seconds, 0.5, 1e-9);
    EXPECT_NEAR(counts.longest_seconds, 0.4, 1e-9);
}

TEST(Counter, FramesLeftOutChangeNoDwell) {
    for (const int every : {1, 2, 5}) {
        Counter counter({line("0,200,1000,200")}, {zone("0,0,1000,0,1000,1000,0,1000")});
        for (int i = 0; i <= 100; i += every) {
            const Track t = standing_at(500, 100 + 2.0F * static_cast<float>(i));
            counter.update({&t, 1}, milliseconds(33 * i));
        }
        EXPECT_NEAR(counter.summary().zones[0].by_class.at(0).dwell_seconds, 3.3, 1e-9);
        EXPECT_EQ(counter.summary().lines[0].by_class.at(0), (LineCounts{1, 0}));
    }
}

TEST(Counter, AZoneMayBeConcave) {
    // A "U": the notch between x 200 and 300 above y 300 is outside.
    Counter counter(
        {}, {zone("100,100, 200,100, 200,300, 300,300, 300,100, 400,100, 400,400, 100,400")});
    walk(counter, {{250, 200}});
    EXPECT_TRUE(counter.summary().zones[0].by_class.empty());
    walk(counter, {{250, 350}}, 2);
    EXPECT_EQ(counter.summary().zones[0].by_class.at(0).visitors, 1U);
}

TEST(Counter, TracksThatAreNotConfirmedDoNotCount) {
    Counter counter({line("0,500,1000,500")}, {zone("0,0,1000,0,1000,1000")});
    for (const TrackState state : {TrackState::tentative, TrackState::lost}) {
        for (const float y : {400.0F, 600.0F}) {
            Track t = standing_at(900, y);
            t.state = state;
            counter.update({&t, 1}, milliseconds(0));
        }
    }
    EXPECT_TRUE(counter.summary().lines[0].by_class.empty());
    EXPECT_TRUE(counter.summary().zones[0].by_class.empty());
}

TEST(Counter, CountsStayWhenObjectsAreForgotten) {
    Counter counter({}, {zone("0,0,1000,0,1000,1000,0,1000")});
    for (int i = 0; i < 500; ++i) {
        const Track t = standing_at(500, 500, i + 1);
        counter.update({&t, 1}, std::chrono::seconds(i));
    }
    EXPECT_EQ(counter.summary().zones[0].by_class.at(0).visitors, 500U);
}

TEST(Counter, WhoIsSeenLateHasComeTheWayThatItGoes) {
    // 100 px/s downwards, first seen 30 px behind the line at y = 500: it crossed 0.3 s before.
    Counter counter({line("0,500,1000,500")}, {});
    walk(counter, {{300, 530}, {300, 540}, {300, 550}}, 1, 2, 1000);
    EXPECT_TRUE(counter.summary().lines[0].by_class.empty());  // 0.2 s tell no velocity
    walk(counter, {{300, 560}}, 1, 2, 1300);
    EXPECT_EQ(counter.summary().lines[0].by_class.at(2), (LineCounts{1, 0}));
    ASSERT_EQ(counter.crossings().size(), 1U);
    EXPECT_NEAR(seconds(counter.crossings()[0].at), 0.7, 1e-6);
    EXPECT_NEAR(counter.crossings()[0].place.y, 500, 1e-3);
    walk(counter, {{300, 570}, {300, 580}}, 1, 2, 1400);
    EXPECT_EQ(counter.summary().lines[0].by_class.at(2), (LineCounts{1, 0}));  // once
}

TEST(Counter, WhoIsSeenFarBehindALineOrStandsCrossedNothing) {
    Counter counter({line("0,500,1000,500")}, {});
    walk(counter, {{300, 570}, {300, 580}, {300, 590}, {300, 600}, {300, 610}});
    walk(counter, {{600, 510}, {600, 510}, {600, 510}, {600, 510}, {600, 510}}, 2, 0, 1000);
    counter.finish();
    EXPECT_TRUE(counter.summary().lines[0].by_class.empty());
}

TEST(Counter, WhoIsLostBeforeALineHasGoneOn) {
    for (const bool end : {false, true}) {
        Counter counter({line("0,500,1000,500")}, {});
        walk(counter, {{300, 430}, {300, 440}, {300, 450}, {300, 460}, {300, 470}});
        counter.update({}, milliseconds(2300));
        EXPECT_TRUE(counter.summary().lines[0].by_class.empty());  // may still be found again
        if (end) {
            counter.finish();
        } else {
            counter.update({}, milliseconds(2400));
        }
        EXPECT_EQ(counter.summary().lines[0].by_class.at(0), (LineCounts{1, 0}));
        ASSERT_EQ(counter.crossings().size(), 1U);
        EXPECT_NEAR(seconds(counter.crossings()[0].at), 0.7, 1e-6);
        counter.update({}, milliseconds(5000));
        EXPECT_EQ(counter.summary().lines[0].by_class.at(0), (LineCounts{1, 0}));
        EXPECT_TRUE(counter.crossings().empty());
    }
}

TEST(Counter, WhoIsFoundAgainBehindALineIsCountedOnce) {
    Counter counter({line("0,500,1000,500")}, {});
    walk(counter, {{300, 450}, {300, 460}, {300, 470}, {300, 480}});
    counter.update({}, milliseconds(1000));
    walk(counter, {{300, 550}, {300, 560}, {300, 570}}, 1, 0, 1500);
    counter.finish();
    EXPECT_EQ(counter.summary().lines[0].by_class.at(0), (LineCounts{1, 0}));
}

/// The middle of a crossing is in the dark: from 400 to 480 above the line, then 3 s nothing.
void walk_into_a_gap(Counter& counter) {
    walk(counter, {{300, 400}, {300, 420}, {300, 440}, {300, 460}, {300, 480}});
    counter.gap();
}

TEST(Counter, WhoCrossesInAGapUnderOneIdentityIsCountedOnce) {
    Counter counter({line("0,500,1000,500")}, {zone("0,300,1000,300,1000,700,0,700")});
    walk_into_a_gap(counter);
    walk(counter, {{300, 560}, {300, 580}, {300, 600}, {300, 620}, {300, 640}}, 1, 0, 3400);
    counter.finish();
    const auto s = counter.summary();
    EXPECT_EQ(s.lines[0].by_class.at(0), (LineCounts{1, 0}));
    EXPECT_EQ(s.zones[0].by_class.at(0).visitors, 1U);
    EXPECT_NEAR(s.zones[0].by_class.at(0).dwell_seconds, 3.8, 1e-9) << "it was there meanwhile";
}

TEST(Counter, WhoCrossesInAGapUnderTwoIdentitiesIsNotCountedTwice) {
    Counter counter({line("0,500,1000,500")}, {zone("0,300,1000,300,1000,700,0,700")});
    walk_into_a_gap(counter);
    // Without the gap both ends would be prolonged over the line.
    walk(counter, {{300, 520}, {300, 540}, {300, 560}, {300, 580}, {300, 600}}, 2, 0, 3400);
    for (int ms = 3900; ms < 9000; ms += 100) counter.update({}, milliseconds(ms));
    counter.finish();
    const auto s = counter.summary();
    EXPECT_TRUE(s.lines[0].by_class.empty()) << "nobody saw it";
    EXPECT_NEAR(s.zones[0].by_class.at(0).dwell_seconds, 0.8, 1e-9) << "the gap is nobody's stay";
}

TEST(Counter, WhatWasSeenUpToAGapIsCounted) {
    Counter counter({line("0,500,1000,500")}, {});
    // Lost 40 px before the line at 200 px/s, and pictures went on for 0.5 s.
    walk(counter, {{300, 380}, {300, 400}, {300, 420}, {300, 440}, {300, 460}});
    for (int ms = 500; ms <= 900; ms += 100) counter.update({}, milliseconds(ms));
    counter.gap();
    counter.update({}, milliseconds(60'000));
    EXPECT_EQ(counter.summary().lines[0].by_class.at(0), (LineCounts{1, 0}));
    // Likewise, but the gap began after 0.1 s: it was not there yet.
    Counter sooner({line("0,500,1000,500")}, {});
    walk(sooner, {{300, 380}, {300, 400}, {300, 420}, {300, 440}, {300, 460}});
    sooner.update({}, milliseconds(500));
    sooner.gap();
    sooner.update({}, milliseconds(60'000));
    sooner.finish();
    EXPECT_TRUE(sooner.summary().lines[0].by_class.empty());
}

TEST(Counter, WhoComesAWhileAfterAGapHasComeTheWayThatItGoes) {
    Counter counter({line("0,500,1000,500")}, {});
    walk_into_a_gap(counter);
    counter.update({}, milliseconds(3400));
    for (int ms = 3500; ms < 5000; ms += 100) counter.update({}, milliseconds(ms));
    walk(counter, {{300, 520}, {300, 540}, {300, 560}, {300, 580}, {300, 600}}, 2, 0, 5000);
    EXPECT_EQ(counter.summary().lines[0].by_class.at(0), (LineCounts{1, 0})) << "watched for 1.5 s";
}

TEST(Counter, ATruthIsCountedAsSeen) {
    Counter counter({line("0,500,1000,500")}, {}, Counter::Ends::as_seen);
    walk(counter, {{300, 510}, {300, 520}, {300, 530}, {300, 540}, {300, 550}});
    walk(counter, {{300, 450}, {300, 460}, {300, 470}, {300, 480}}, 2, 0, 1000);
    counter.update({}, milliseconds(9000));
    counter.finish();
    EXPECT_TRUE(counter.summary().lines[0].by_class.empty());
}

TEST(ParseLine, TakesNumbersAndAName) {
    const Line l = line(" 1.5, -2,3e2 ,4:main door: left");
    EXPECT_EQ(l.start.x, 1.5F);
    EXPECT_EQ(l.start.y, -2.0F);
    EXPECT_EQ(l.end.x, 300.0F);
    EXPECT_EQ(l.end.y, 4.0F);
    EXPECT_EQ(l.name, "main door: left");
    EXPECT_EQ(line("0,0,1,1").name, "");
}

TEST(ParseLine, RefusesWhatIsNoLine) {
    for (const char* text :
         {"", ":", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6", "1,2,x,4", "1,2,3,4:", "1,2,1,2", "1 2 3 4",
          "nan,0,1,1", "inf,0,1,1", "1,2,3,", ",1,2,3,4", "1,2,3,4 5"}) {
        const auto parsed = parse_line(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
        EXPECT_NE(parsed.error().message.find(text), std::string::npos);
        EXPECT_FALSE(parsed.error().remedy.empty());
    }
}

TEST(ParseZone, TakesThreeCornersOrMore) {
    EXPECT_EQ(zone("0,0,10,0,10,10").corners.size(), 3U);
    EXPECT_EQ(zone("0,0,10,0,10,10,0,10:yard").name, "yard");
}

TEST(ParseZone, RefusesWhatIsNoZone) {
    for (const char* text : {"", "0,0,1,1", "0,0,1,1,2", "0,0,1,1,2,2", "0,0,0,0,0,0",
                             "a,b,c,d,e,f", "0,0,10,0,10,10:", "0,0,5,5,9,9,3,3"}) {
        EXPECT_FALSE(parse_zone(text)) << text;
    }
}

}  // namespace
}  // namespace saccade::track
