#include "relay/dialogue.h"

#include <gtest/gtest.h>

namespace saccade::relay {
namespace {

TEST(MountName, IsThePathOfAUrl) {
    EXPECT_EQ(mount_name("rtsp://h:8554/street"), "street");
    EXPECT_EQ(mount_name("rtsp://h:8554/street/"), "street");
    EXPECT_EQ(mount_name("rtsp://h/street/streamid=0"), "street");
    EXPECT_EQ(mount_name("rtsp://h/a%20b/annotated?x=/y"), "a b/annotated");
    EXPECT_EQ(mount_name("rtsp://h/100%"), "100%");
    EXPECT_EQ(mount_name("rtsp://h/%zz%4"), "%zz%4");
    EXPECT_EQ(mount_name("rtsp://h"), "");
    EXPECT_EQ(mount_name("*"), "*");
    EXPECT_EQ(mount_name(""), "");
}

TEST(MountName, ComesBackFromItsUrl) {
    for (const char* name : {"a b", "straße", "100%", "a/b", "#1?"}) {
        EXPECT_EQ(mount_name("rtsp://h/" + url_name(name)), name);
    }
}

TEST(Response, HasItsBodysLength) {
    EXPECT_EQ(response(200, "7", "A: b\r\n", "xyz"),
              "RTSP/1.0 200 OK\r\nCSeq: 7\r\nA: b\r\nContent-Length: 3\r\n\r\nxyz");
    EXPECT_EQ(response(404, ""), "RTSP/1.0 404 Not Found\r\n\r\n");
}

TEST(RandomToken, IsNeverTheSame) {
    EXPECT_EQ(random_token().size(), 32U);
    EXPECT_NE(random_token(), random_token());
}

}  // namespace
}  // namespace saccade::relay
