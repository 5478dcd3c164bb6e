#include "core/mask_secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saccade {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MaskSecrets, UsersAndPasswords) {
    EXPECT_EQ(mask_url("rtsp://user:word@host:554/live"), "rtsp://***@host:554/live");
    EXPECT_EQ(mask_url("http://user@host/"), "http://***@host/");
    EXPECT_EQ(mask_url("rtsp://user:w@rd@host/x"), "rtsp://***@host/x");
    EXPECT_EQ(mask_url("rtsp://user:wo/rd@host/x"), "rtsp://***@host/x") << "not encoded";
    EXPECT_EQ(mask_url("rtsp://user:wo?rd#1@host/x"), "rtsp://***@host/x");
    EXPECT_EQ(mask_url("rtsp://user:wo rd@host/x"), "rtsp://***@host/x");
    EXPECT_EQ(mask_url("rtsp://user:w@r/d@host/x"), "rtsp://***@host/x");
    EXPECT_EQ(mask_url("http://proxy/?url=rtsp://user:word@host/x&n=1"),
              "http://proxy/?url=rtsp://***@host/x&n=1");
}

TEST(MaskSecrets, ValuesThatOpenDoors) {
    EXPECT_EQ(mask_url("https://h/a.m3u8?token=abc&n=3&X-Amz-Signature=12#key=5"),
              "https://h/a.m3u8?token=***&n=3&X-Amz-Signature=***#key=***");
    EXPECT_EQ(mask_url("http://h/a?SIG=1&password=2&AWSAccessKeyId=3;auth=4"),
              "http://h/a?SIG=***&password=***&AWSAccessKeyId=***;auth=***");
    EXPECT_EQ(mask_url("rtsp://10.0.0.1:554/user=admin&password=word&channel=1&stream=0.sdp"),
              "rtsp://10.0.0.1:554/user=***&password=***&channel=1&stream=0.sdp");
    EXPECT_EQ(mask_url("http://h/a?token="), "http://h/a?token=") << "nothing to hide";
}

TEST(MaskSecrets, LeavesAlonePathsAndPlainUrls) {
    for (const char* text :
         {"street.mp4", "/a/user@host/b.mp4", "-", "http://host/@channel/live.m3u8",
          "http://host:8080/@channel?n=1", "rtsp://host/live", "a://", "://x", "user:word@host",
          "http://h/a?vcodec=h264&fps=30"}) {
        EXPECT_EQ(mask_url(text), text);
        EXPECT_EQ(mask_secrets(text), text);
    }
}

TEST(MaskSecrets, InTheMiddleOfWords) {
    EXPECT_EQ(mask_secrets("can't open 'rtsp://u:p@h/x': 401 (see http://h/?key=1 or b@c)"),
              "can't open 'rtsp://***@h/x': 401 (see http://h/?key=*** or b@c)");
    EXPECT_EQ(mask_secrets("two: rtsp://a:b@h/1 rtsp://c:d@h/2"),
              "two: rtsp://***@h/1 rtsp://***@h/2");
}

TEST(MaskSecrets, NeverLeaksOnAnyMixOfMarks) {
    // All short mixes of what URLs are made of, around a password: where there is a user, it is gone.
    const char marks[] = {'/', '?', '#', '@', ':', '&', '=', '%', 'x'};
    for (const char a : marks) {
        for (const char b : marks) {
            const std::string password = std::string("s3cr") + a + "et" + b + "s3cr";
            const std::string url = "rtsp://user:" + password + "@host/path";
            EXPECT_THAT(mask_url(url), Not(HasSubstr("s3cr"))) << url;
        }
    }
}

}  // namespace
}  // namespace saccade
