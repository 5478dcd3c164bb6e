#include "media/input_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/same_picture.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Not;

std::vector<std::string> names(const std::string& scheme) {
    return input_settings(scheme, LiveInput{}).left();
}

TEST(InputSettings, EachProtocolHasItsOwnTimeOut) {
    EXPECT_THAT(names("rtsp"), Contains("timeout"));
    EXPECT_THAT(names("rtsps"), Contains("timeout"));
    EXPECT_THAT(names("http"), testing::ElementsAre("rw_timeout"));
    EXPECT_THAT(names("srt"), testing::IsSupersetOf({"connect_timeout", "rw_timeout"}));
    EXPECT_THAT(names("rtmp"), Contains("rw_timeout"));
    EXPECT_THAT(names("rtmp"), Not(Contains("timeout"))) << "it means to listen there";
    EXPECT_THAT(names("udp"), Contains("timeout"));
    EXPECT_THAT(names("file"), testing::IsEmpty());
}

TEST(InputSettings, WhatNobodyTookIsLeft) {
    init_libav();
    InputSettings settings;
    settings.set("stimeout_of_old", 5);
    AVFormatContext* format = nullptr;
    // (It fails, having looked at what it was given.)
    ASSERT_LT(avformat_open_input(&format, "/no/such/file.mp4", nullptr, settings.data()), 0);
    EXPECT_THAT(settings.left(), testing::ElementsAre("stimeout_of_old"));
}

TEST(WithLogin, IsPutInWhereAUrlHasNone) {
    EXPECT_EQ(with_login("rtsp://cam:554/x?a=b@c", "u:p"), "rtsp://u:p@cam:554/x?a=b@c");
    EXPECT_EQ(with_login("https://cam", "u:p"), "https://u:p@cam");
    EXPECT_EQ(with_login("rtsp://own:word@cam/x", "u:p"), "rtsp://own:word@cam/x");
    EXPECT_EQ(with_login("rtsp://cam/x", ""), "rtsp://cam/x");
    EXPECT_EQ(with_login("udp://cam:1", "u:p"), "udp://cam:1") << "it has no logins";
    EXPECT_EQ(with_login("/dev/video0", "u:p"), "/dev/video0");
}

class SamePictureTest : public testing::Test {
  protected:
    Frame picture(PixelFormat format = PixelFormat::i420) {
        Frame frame;
        frame.width = 67;
        frame.height = 49;
        frame.format = format;
        frame.planes[0] = {pixels_.data(), 256};
        return frame;
    }
    std::vector<std::uint8_t> pixels_ = std::vector<std::uint8_t>(256 * 49, 17);
    SamePicture same_;
};

TEST_F(SamePictureTest, OneSampleAnywhereMakesItAnother) {
    EXPECT_FALSE(same_.again(picture()));
    EXPECT_TRUE(same_.again(picture()));
    for (const auto& [x, y] : {std::pair{0, 0}, {66, 48}, {13, 7}, {64, 1}}) {
        ++pixels_[static_cast<std::size_t>(y * 256 + x)];
        EXPECT_FALSE(same_.again(picture())) << x << ' ' << y;
        EXPECT_TRUE(same_.again(picture()));
    }
    ++pixels_[67];
    EXPECT_TRUE(same_.again(picture())) << "what lies behind a row is none of it";
}

TEST_F(SamePictureTest, WhatIsNotOnTheHostIsNotLookedAt) {
    Frame frame = picture();
    frame.memory = MemoryKind::cuda;
    EXPECT_FALSE(same_.again(frame));
    EXPECT_FALSE(same_.again(frame));
}

}  // namespace
}  // namespace saccade::media
