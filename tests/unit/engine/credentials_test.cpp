#include "engine/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::engine {
namespace {

using testing::HasSubstr;
using testing::Not;

class Credentials : public testing::Test {
  protected:
    ~Credentials() override { ::unsetenv("SACCADE_CAMERA_LOGIN"); }
    std::string file(const std::string& text) {
        test::write_file(dir_ / "cameras", text);
        return (dir_ / "cameras").string();
    }
    test::TempDir dir_;
};

TEST_F(Credentials, TheFirstLineThatFitsIsTaken) {
    const std::string path = file(
        "# cameras of the yard\n\n10.0.0.1:8554 one first\r\n10.0.0.1  two second\n"
        "10.0.0.2 three with blanks in it\n* any p@ss:w/rd%\n");
    EXPECT_EQ(camera_login("rtsp://10.0.0.1:8554/x", path), "one:first");
    EXPECT_EQ(camera_login("rtsp://10.0.0.1:554/x", path), "two:second");
    EXPECT_EQ(camera_login("rtsp://10.0.0.1/x", path), "two:second");
    EXPECT_EQ(camera_login("rtsp://10.0.0.2/x", path), "three:with%20blanks%20in%20it");
    EXPECT_EQ(camera_login("rtsp://elsewhere/x", path), "any:p%40ss%3Aw%2Frd%25");
}

TEST_F(Credentials, WithoutALineTheEnvironmentCounts) {
    const std::string path = file("10.0.0.1 one first\n");
    EXPECT_EQ(camera_login("rtsp://other/x", path), "");
    ::setenv("SACCADE_CAMERA_LOGIN", "admin:s3:cret", 1);
    EXPECT_EQ(camera_login("rtsp://other/x", path), "admin:s3%3Acret");
    EXPECT_EQ(camera_login("rtsp://10.0.0.1/x", path), "one:first");
    EXPECT_EQ(camera_login("rtsp://other/x", ""), "admin:s3%3Acret");
}

TEST_F(Credentials, ErrorsNameThePlaceAndNoSecret) {
    const auto wrong = camera_login("rtsp://a/x", file("a user word\nb s3cret\n* x y\n"));
    EXPECT_EQ(wrong, "user:word") << "what comes before the wrong line is good";
    const auto line = camera_login("rtsp://c/x", file("a user word\nb s3cret\n* x y\n"));
    ASSERT_FALSE(line);
    EXPECT_EQ(line.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(line.error().line(), HasSubstr("line 2"));
    EXPECT_THAT(line.error().line(), Not(HasSubstr("s3cret")));
    EXPECT_EQ(camera_login("rtsp://c/x", "/no/such/file").error().code, ErrorCode::not_found);
    ::setenv("SACCADE_CAMERA_LOGIN", "s3cret", 1);
    const auto login = camera_login("rtsp://c/x", "");
    ASSERT_FALSE(login);
    EXPECT_THAT(login.error().line(), Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace saccade::engine
