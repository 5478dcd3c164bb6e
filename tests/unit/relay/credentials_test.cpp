#include "relay/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::relay {
namespace {

Request describe(const std::string& authorization) {
    return {"DESCRIBE", "rtsp://h/a", {{"authorization", authorization}}};
}

TEST(Credentials, AreReadAndNeverRepeated) {
    const auto both = Credentials::parse("me:o:pen\n");
    ASSERT_TRUE(both);
    EXPECT_EQ(both->user, "me");
    EXPECT_EQ(both->password, "o:pen");
    for (const char* text : {"", "hunter2", ":hunter2", "hunter2:", "me:hun\"ter2"}) {
        const auto bad = Credentials::parse(text);
        ASSERT_FALSE(bad) << text;
        EXPECT_THAT(bad.error().line(), testing::Not(testing::HasSubstr("hunter2")));
    }
    const test::TempDir dir;
    test::write_file(dir / "auth", "me:open\nrest\n");
    EXPECT_EQ(Credentials::read(dir / "auth")->password, "open");
    EXPECT_FALSE(Credentials::read(dir / "none"));
}

TEST(Credentials, AnswerTheirOwnChallengeAlone) {
    const Credentials mine{"me", "open"};
    const auto digest = [](const std::string& user, const std::string& nonce,
                           const std::string& response) {
        return describe("Digest username=\"" + user + "\", realm=\"saccade\", nonce=\"" + nonce +
                        "\", uri=\"rtsp://h/a\", response=\"" + response + "\"");
    };
    // By Python's hashlib: md5(md5("me:saccade:open") + ":abc:" + md5("DESCRIBE:rtsp://h/a"))
    const std::string answer = "dcadb1ed5ac9679e1a7bdf2ee4523292";
    EXPECT_TRUE(answers(digest("me", "abc", answer), mine, "abc"));
    EXPECT_FALSE(answers(digest("me", "abd", answer), mine, "abd"));
    EXPECT_FALSE(answers(digest("me", "abc", answer), mine, "xyz"));
    EXPECT_FALSE(answers(digest("you", "abc", answer), mine, "abc"));
    EXPECT_FALSE(answers(digest("me", "abc", answer), {"me", "shut"}, "abc"));
    Request other = digest("me", "abc", answer);
    other.method = "SETUP";
    EXPECT_FALSE(answers(other, mine, "abc"));
    for (const char* text : {"", "Digest", "Digest ", "Digest ,,,", "Digest nonce",
                             "Digest nonce=\"", "Basic bWU6b3Blbg=="}) {
        EXPECT_FALSE(answers(describe(text), mine, "abc")) << text;
    }
}

}  // namespace
}  // namespace saccade::relay
