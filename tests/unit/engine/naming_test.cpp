#include "engine/naming.h"

#include <gtest/gtest.h>

#include <set>

namespace saccade::engine {
namespace {

TEST(OutputStems, AreTheNamesWithoutFolderAndEnding) {
    const std::vector<std::string> sources = {
        "a/street.mp4",      "-", "frames/", "cam*/x?.png", "rtsp://host/live?token=1",
        "synthetic:frames=3"};
    EXPECT_EQ(output_stems(sources), (std::vector<std::string>{"street", "stdin", "frames", "x",
                                                               "live", "synthetic-frames-3"}));
}

TEST(OutputStems, OfUrlsAreThoseOfThePathAlone) {
    const std::vector<std::string> sources = {
        "rtsp://user:word@10.0.0.5:554/Streaming/Channels/101?token=a/b.c&x=1",
        "http://user:word@host/a%20b.m3u8#key=word",
        "rtsp://user:word@10.0.0.5",
        "rtsp://10.0.0.5:554/?token=word",
        "rtsp://host/user=admin&password=word&channel=1",
        "rtsp://user:wo/rd@host/cam"};
    const auto stems = output_stems(sources);
    EXPECT_EQ(stems, (std::vector<std::string>{"101", "a-20b", "10-0-0-5", "10-0-0-5-2",
                                               "user--password--channel-1", "cam"}));
}

TEST(OutputStems, EqualNamesAreNumberedInOrderAndNeverMeet) {
    const std::vector<std::string> sources = {"a/x.mp4", "b/x.mp4", "x-2.mp4", "c/x.avi"};
    EXPECT_EQ(output_stems(sources), (std::vector<std::string>{"x", "x-2", "x-2-2", "x-3"}));
}

TEST(OutputStems, OutputsOfAnyFormatNeverMeet) {
    const std::vector<std::string> sources = {
        "a/x.mp4", "x.counts.mp4", "X.mp4", "saccade-journal.mp4", "x.coco.mp4", "x.mp4"};
    EXPECT_EQ(
        output_stems(sources),
        (std::vector<std::string>{"x", "x.counts-2", "X-2", "saccade-journal-2", "x.coco", "x-3"}));
}

TEST(OutputStems, ThousandsOfEqualNamesAreNumberedThrough) {
    const std::vector<std::string> sources(20000, "x.mp4");
    EXPECT_EQ(output_stems(sources).back(), "x-20000");
}

TEST(OutputStems, NothingHostileGetsThrough) {
    const std::vector<std::string> sources = {
        "..", "/", "a/\n\t;rm -rf.mp4", "...", std::string(500, 'a'), "\xc3\xa9t\xc3\xa9.mp4"};
    const auto stems = output_stems(sources);
    for (const auto& stem : stems) {
        EXPECT_FALSE(stem.empty());
        EXPECT_LE(stem.size(), 110U);
        EXPECT_EQ(stem.find_first_of("/\n\t;*?"), std::string::npos) << stem;
        EXPECT_NE(stem.front(), '.');
    }
    EXPECT_EQ(stems.back(), "\xc3\xa9t\xc3\xa9");
    EXPECT_EQ(std::set<std::string>(stems.begin(), stems.end()).size(), stems.size());
}

}  // namespace
}  // namespace saccade::engine
