#include "bench/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade::bench {
namespace {

using testing::HasSubstr;

TEST(Target, IsWrittenInWords) {
    const auto target = parse_target("100 fps at 1080p under 4 GB");
    ASSERT_TRUE(target) << target.error().line();
    EXPECT_EQ(target->fps, 100);
    EXPECT_EQ(target->size, (Size{1920, 1080}));
    EXPECT_EQ(target->memory, 4'000'000'000U);
    EXPECT_EQ(target->streams, 1U);
    EXPECT_FALSE(target->map);
    EXPECT_EQ(target->text(), "100 frames/s of 1920x1080, 1 stream, at most 4 GB");
}

TEST(Target, TakesItsPartsInAnyOrder) {
    const auto target =
        parse_target("4 streams of 640x480, mAP over 37.5 and 12.5FPS with 512 MiB");
    ASSERT_TRUE(target) << target.error().line();
    EXPECT_EQ(target->fps, 12.5);
    EXPECT_EQ(target->size, (Size{640, 480}));
    EXPECT_EQ(target->memory, 512U << 20U);
    EXPECT_EQ(target->streams, 4U);
    EXPECT_EQ(target->map, 37.5);
    EXPECT_EQ(parse_target("5 fps 0.4 map")->map, 40);
    EXPECT_EQ(parse_target("5 fps at 8K")->size, (Size{7680, 4320}));
    EXPECT_EQ(parse_target("5 fps")->size, (Size{1920, 1080}));
}

TEST(Target, NamesWhatItDoesNotUnderstand) {
    const struct {
        const char *text, *named;
    } wrong[] = {{"fast", "'fast'"},
                 {"", "nothing of frames a second"},
                 {"at 4K", "nothing of frames a second"},
                 {"100 fps 50 fps", "the frames a second twice"},
                 {"100 fps at 1080p at 4k", "the size twice"},
                 {"100 fps at 12p", "'12p'"},
                 {"100 fps at 101x100", "'101x100'"},
                 {"100 fps at 99999x100", "'99999x100'"},
                 {"100 fps under 4 potatoes", "'potatoes'"},
                 {"100 fps under 4", "'4'"},
                 {"-100 fps", "'-100'"},
                 {"0 fps", "'0'"},
                 {"nan fps", "'nan'"},
                 {"inf fps", "'inf'"},
                 {"1e9999 fps", "'1e9999'"},
                 {"10 fps 1.5 streams", "'1.5'"},
                 {"10 fps 5000 streams", "'5000'"},
                 {"10 fps mAP", "'map'"},
                 {"10 fps mAP good", "'good'"},
                 {"10 fps 140 mAP", "'140'"},
                 {"10 fps under 9000000 GB", "'9000000'"}};
    for (const auto& [text, named] : wrong) {
        const auto target = parse_target(text);
        ASSERT_FALSE(target) << text;
        EXPECT_EQ(target.error().code, ErrorCode::invalid_argument);
        EXPECT_THAT(target.error().line(), HasSubstr(named)) << text;
    }
}

TEST(Target, TellsWhyACandidateFallsShort) {
    const Target target{.fps = 30, .memory = 1000, .map = 40};
    EXPECT_EQ(falls_short({.fps = 30, .memory = 1000, .map = 40}, target), "");
    EXPECT_EQ(falls_short({.fps = 29.9, .memory = 1000, .map = 40}, target), "too slow");
    EXPECT_EQ(falls_short({.fps = 30, .memory = 1001, .map = 40}, target), "takes too much memory");
    EXPECT_EQ(falls_short({.fps = 30, .memory = 1000, .map = 39.9}, target), "not accurate enough");
    EXPECT_EQ(falls_short({.fps = 30, .memory = 1000}, target), "its accuracy is not known");
    EXPECT_EQ(falls_short({.fps = 30, .memory = 9000}, {.fps = 30}), "");
}

}  // namespace
}  // namespace saccade::bench
