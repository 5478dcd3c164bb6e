// Users, passwords and tokens of a URL: nothing that the program prints or writes has them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "support/clip.h"
#include "support/http_server.h"
#include "support/program.h"

namespace saccade {
namespace {

using testing::HasSubstr;
using testing::Not;

class Secrets : public testing::Test {
  protected:
    /// A URL that has each kind of secret in it, all of them with "s3cret".
    static std::string url(int port, const std::string& path = "cam/street.mp4") {
        return fmt::format(
            "http://s3cretuser:s3cretword@127.0.0.1:{}/{}?token=s3cret1&n=3&sig=s3cret2", port,
            path);
    }
    /// Everything under the program's folder, names and contents.
    std::string all_files() {
        std::string text;
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(program_.dir().path())) {
            text += entry.path().string() + "\n";
            if (entry.is_regular_file()) text += test::read_file(entry.path());
        }
        return text;
    }
    test::Program program_;
};

TEST_F(Secrets, AreNeverToldWhenTheSourceFails) {
    for (const char* status : {"401 Unauthorized", "403 Forbidden", "404 Not Found", "200 OK"}) {
        const test::HttpServer server(status, "no video");
        if (server.port() == 0) GTEST_SKIP() << "no loopback to listen on";
        for (const char* loud : {"-q", "-vv"}) {
            for (const char* verb : {"track", "detect", "profile"}) {
                const auto result = program_.run({verb, url(server.port()), "--json", loud});
                EXPECT_EQ(result.exit_code, 1) << result.err;
                EXPECT_THAT(result.out + result.err + all_files(), Not(HasSubstr("s3cret")))
                    << verb << " " << status;
                EXPECT_THAT(result.out + result.err,
                            HasSubstr(fmt::format(
                                "http://***@127.0.0.1:{}/cam/street.mp4?token=***&n=3&sig=***",
                                server.port())))
                    << "the address itself is told";
            }
        }
    }
}

TEST_F(Secrets, AreNeverToldWhenAllGoesWell) {
    ASSERT_TRUE(test::write_clip(program_.dir() / "clip.ts", {.codec = "mpeg2video", .frames = 6}));
    const test::HttpServer server("200 OK", test::read_file(program_.dir() / "clip.ts"));
    if (server.port() == 0) GTEST_SKIP() << "no loopback to listen on";
    const std::string trace = (program_.dir() / "trace.json").string();
    const std::string html = (program_.dir() / "report.html").string();
    const auto track = program_.run({"track", url(server.port()), url(server.port(), ""), "--json",
                                     "-vv", "--save", "mot,jsonl,coco,yolo,csv,frames,md5,video",
                                     "--line", "0,0,9,9", "--trace", trace});
    EXPECT_EQ(track.exit_code, 0) << track.err;
    EXPECT_TRUE(std::filesystem::exists(program_.out() / "street.jsonl"))
        << "named after the path alone";
    EXPECT_TRUE(std::filesystem::exists(program_.out() / "127-0-0-1.jsonl")) << "or the host";
    const auto profile = program_.run({"profile", url(server.port()), "--html", html, "--json"});
    EXPECT_EQ(profile.exit_code, 0) << profile.err;
    EXPECT_THAT(track.out + track.err + profile.out + profile.err, Not(HasSubstr("s3cret")));
    EXPECT_THAT(all_files(), Not(HasSubstr("s3cret")));
    EXPECT_THAT(all_files(), HasSubstr("token=***"));
}

TEST_F(Secrets, OfMistypedAddressesAreNotToldEither) {
    for (const char* address :
         {"nosuch://s3cret:s3cret@127.0.0.1/x", "rtsp://s3cret:s3/cret@127.0.0.1:1/x",
          "rtsp://127.0.0.1:1/user=s3cret&password=s3cret&channel=1.sdp"}) {
        const auto result = program_.run({"track", address, "-vv", "--json", "--reconnect", "0"});
        EXPECT_NE(result.exit_code, 0);
        EXPECT_THAT(result.out + result.err + all_files(), Not(HasSubstr("s3cret"))) << address;
    }
}

}  // namespace
}  // namespace saccade
