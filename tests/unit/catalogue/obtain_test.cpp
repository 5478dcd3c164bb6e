// Fetching from servers that are slow, cut off, wrong, too generous, elsewhere, or know no ranges.
#include "catalogue/obtain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <fcntl.h>

#include "core/descriptor.h"
#include "core/digest.h"
#include "support/files.h"
#include "support/scripted_server.h"
#include "support/temp_dir.h"

namespace saccade::catalogue {
namespace {

namespace fs = std::filesystem;
using test::http_answer;
using test::http_file;
using test::range_of;
using test::ScriptedServer;
using testing::HasSubstr;

std::string bytes_of(std::size_t size, unsigned seed = 1) {
    std::string bytes(size, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>((seed = seed * 1664525U + 1013904223U) >> 24U);
    return bytes;
}

class Obtain : public testing::Test {
  protected:
    const std::string file_ = bytes_of(300'000);
    const Model model_{.name = "small",
                       .url = "https://example.invalid/small.onnx",
                       .bytes = file_.size(),
                       .sha256 = sha256(file_)};
    test::TempDir dir_;
    DownloadOptions options_{.attempts = 3, .pause = std::chrono::milliseconds(0)};

    Result<Obtained> from(const std::string& mirror) {
        const auto origin = origin_of(model_, mirror);
        EXPECT_TRUE(origin);
        return obtain(model_, dir_.path() / "models", *origin, options_);
    }
    Result<Obtained> from(const ScriptedServer& server) { return from(server.url()); }

    [[nodiscard]] fs::path target() const { return dir_.path() / "models" / "small.onnx"; }
    [[nodiscard]] fs::path part() const { return dir_.path() / "models" / ".small.onnx.part"; }
    void expect_whole(const Result<Obtained>& got) const {
        ASSERT_TRUE(got) << got.error().line();
        EXPECT_EQ(got->path, target());
        EXPECT_EQ(test::read_file(target()), file_);
        EXPECT_FALSE(fs::exists(part()));
    }
    /// Nothing that could be taken for the model is there.
    void expect_nothing(const Result<Obtained>& got, ErrorCode code) const {
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, code) << got.error().line();
        EXPECT_FALSE(fs::exists(target()));
    }
    void expect_no_leftovers() const { EXPECT_FALSE(fs::exists(part())); }
};

TEST_F(Obtain, FetchesOnceAndKnowsWhatIsThere) {
    ScriptedServer server(
        [&](const auto& request) -> ScriptedServer::Reply { return {http_file(request, file_)}; });
    const auto got = from(server);
    expect_whole(got);
    EXPECT_FALSE(got->was_there);
    const auto again = from(server);
    expect_whole(again);
    EXPECT_TRUE(again->was_there);
    ASSERT_EQ(server.requests().size(), 1U);
    EXPECT_THAT(server.requests()[0], HasSubstr("GET /small.onnx HTTP/1.1"));
    EXPECT_THAT(server.requests()[0], HasSubstr("User-Agent: saccade/"));
}

TEST_F(Obtain, FromASlowServerTakesItsTime) {
    std::size_t told = 0;
    options_.progress = [&](std::uint64_t done, std::uint64_t of) {
        EXPECT_EQ(of, file_.size());
        EXPECT_GE(done, told);
        told = done;
    };
    ScriptedServer server([&](const auto& request) -> ScriptedServer::Reply {
        return {.bytes = http_file(request, file_), .pieces = 200};
    });
    expect_whole(from(server));
    EXPECT_EQ(told, file_.size());
}

TEST_F(Obtain, GoesOnWhereItWasCutOff) {
    ScriptedServer server([&](const std::string& request) -> ScriptedServer::Reply {
        std::string answer = http_file(request, file_);
        if (range_of(request) < 200'000) answer.resize(answer.size() - 100'000);
        return {answer};
    });
    expect_whole(from(server));
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(range_of(requests[0]), 0U);
    EXPECT_EQ(range_of(requests[1]), 200'000U);
}

TEST_F(Obtain, TheNextRunGoesOnWhereOneGaveUp) {
    bool broken = true;
    ScriptedServer server([&](const std::string& request) -> ScriptedServer::Reply {
        std::string answer = http_file(request, file_);
        if (!broken) return {answer};
        if (range_of(request) > 0) return {};  // closes without a word
        answer.resize(answer.size() - 100'000);
        return {answer};
    });
    const auto got = from(server);
    expect_nothing(got, ErrorCode::unavailable);
    EXPECT_THAT(got.error().line(), HasSubstr("run the same command again"));
    EXPECT_EQ(fs::file_size(part()), 200'000U);
    EXPECT_EQ(server.requests().size(), 4U);  // one that brought something, three that did not
    broken = false;
    expect_whole(from(server));
    EXPECT_EQ(range_of(server.requests().back()), 200'000U);
}

TEST_F(Obtain, AServerThatFallsSilentIsAskedAgain) {
    options_.stall = std::chrono::seconds(1);
    options_.attempts = 50;
    ScriptedServer server([&](const std::string& request) -> ScriptedServer::Reply {
        std::string answer = http_file(request, file_);
        if (range_of(request) > 0) return {answer};
        answer.resize(answer.size() / 2);
        return {.bytes = answer, .holds = true};
    });
    expect_whole(from(server));
    EXPECT_GE(server.requests().size(), 2U);
}

TEST_F(Obtain, AServerWithoutRangesSendsAllAgain) {
    int count = 0;
    ScriptedServer server([&](const auto&) -> ScriptedServer::Reply {
        std::string answer = http_answer("200 OK", file_);
        if (count++ == 0) answer.resize(answer.size() - 100'000);
        return {answer};
    });
    expect_whole(from(server));
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Obtain, OneThatAlwaysBreaksOffThereEndsToo) {
    ScriptedServer server([&](const auto&) -> ScriptedServer::Reply {
        std::string answer = http_answer("200 OK", file_);
        answer.resize(answer.size() - 100'000);
        return {answer};
    });
    expect_nothing(from(server), ErrorCode::unavailable);
}

TEST_F(Obtain, OtherBytesAreThrownAway) {
    const std::string other = bytes_of(file_.size(), 2);
    ScriptedServer server(
        [&](const auto& request) -> ScriptedServer::Reply { return {http_file(request, other)}; });
    const auto got = from(server);
    expect_nothing(got, ErrorCode::corrupt);
    EXPECT_THAT(got.error().message, HasSubstr(model_.sha256));
    expect_no_leftovers();
}

TEST_F(Obtain, WhatAnEarlierRunLeftOfAnotherFileIsFetchedAnew) {
    fs::create_directories(target().parent_path());
    test::write_file(part(), bytes_of(1000, 3));
    ScriptedServer server(
        [&](const auto& request) -> ScriptedServer::Reply { return {http_file(request, file_)}; });
    expect_whole(from(server));
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Obtain, LeftoversThatAreTooLongAreFetchedAnew) {
    fs::create_directories(target().parent_path());
    test::write_file(part(), bytes_of(file_.size() + 5, 3));
    ScriptedServer server(
        [&](const auto& request) -> ScriptedServer::Reply { return {http_file(request, file_)}; });
    expect_whole(from(server));
}

TEST_F(Obtain, AFileOfAnotherSizeIsRefusedBeforeItIsRead) {
    for (const std::size_t size : {file_.size() + 1, file_.size() - 1, std::size_t{0}}) {
        ScriptedServer server([&](const auto&) -> ScriptedServer::Reply {
            return {http_answer("200 OK", bytes_of(size))};
        });
        expect_nothing(from(server), ErrorCode::corrupt);
        expect_no_leftovers();
        EXPECT_EQ(server.requests().size(), 1U) << size;
    }
}

TEST_F(Obtain, MoreThanThereShouldBeIsRefusedWhereNoLengthIsTold) {
    ScriptedServer server([&](const auto&) -> ScriptedServer::Reply {
        return {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + file_ + "more"};
    });
    expect_nothing(from(server), ErrorCode::corrupt);
    expect_no_leftovers();
}

TEST_F(Obtain, RedirectsAreFollowedToTheWebOnly) {
    std::string location;
    ScriptedServer server([&](const std::string& request) -> ScriptedServer::Reply {
        if (request.starts_with("GET /elsewhere")) return {http_file(request, file_)};
        return {
            http_answer("302 Found", "moved", std::string::npos, "Location: " + location + "\r\n")};
    });
    test::write_file(dir_ / "local", file_);
    for (const std::string& bad :
         {"file://" + (dir_ / "local").string(), std::string("ftp://127.0.0.1/small.onnx"),
          std::string("gopher://127.0.0.1/")}) {
        location = bad;
        expect_nothing(from(server), ErrorCode::unsupported);
        expect_no_leftovers();
    }
    location = "/small.onnx";  // for ever
    expect_nothing(from(server), ErrorCode::unsupported);
    location = "/elsewhere";
    expect_whole(from(server));
}

TEST_F(Obtain, RefusalsOfTheServerAreTold) {
    const std::pair<const char*, ErrorCode> refusals[] = {
        {"404 Not Found", ErrorCode::not_found},
        {"410 Gone", ErrorCode::not_found},
        {"401 Unauthorized", ErrorCode::unreadable},
        {"403 Forbidden", ErrorCode::unreadable},
        {"503 Service Unavailable", ErrorCode::unavailable}};
    for (const auto& [status, code] : refusals) {
        ScriptedServer server([&, status = status](const auto&) -> ScriptedServer::Reply {
            return {http_answer(status, file_)};
        });
        const auto got = from(server);
        expect_nothing(got, code);
        EXPECT_THAT(got.error().message, HasSubstr(std::string(status).substr(0, 3)));
        expect_no_leftovers();
    }
}

TEST_F(Obtain, NoServerIsTold) {
    std::string url;
    {
        const ScriptedServer gone([](const auto&) -> ScriptedServer::Reply { return {}; });
        url = gone.url();
    }
    const auto got = from(url + "/?token=secret");
    expect_nothing(got, ErrorCode::unavailable);
    EXPECT_EQ(got.error().line().find("secret"), std::string::npos) << got.error().line();
    expect_no_leftovers();
}

TEST_F(Obtain, AStopIsHeardAndWhatIsThereStays) {
    std::stop_source stop;
    options_.stop = stop.get_token();
    ScriptedServer server([&](const auto&) -> ScriptedServer::Reply {
        std::string answer = http_answer("200 OK", file_);
        answer.resize(answer.size() - 100'000);
        return {.bytes = answer, .holds = true};
    });
    options_.progress = [&](std::uint64_t done, std::uint64_t) {
        if (done == 200'000) stop.request_stop();
    };
    expect_nothing(from(server), ErrorCode::interrupted);
    EXPECT_EQ(fs::file_size(part()), 200'000U);
}

TEST_F(Obtain, FromAFolderItIsCheckedLikewise) {
    const auto folder = dir_ / "mirror";
    expect_nothing(from(folder.string()), ErrorCode::not_found);
    fs::create_directories(folder);
    test::write_file(folder / "small.onnx", bytes_of(file_.size(), 2));
    expect_nothing(from(folder.string()), ErrorCode::corrupt);
    test::write_file(folder / "small.onnx", file_ + "x");
    expect_nothing(from(folder.string()), ErrorCode::corrupt);
    expect_no_leftovers();
    test::write_file(folder / "small.onnx", file_);
    expect_whole(from(folder.string()));
}

TEST_F(Obtain, AnotherFileOfThatNameIsLeftAlone) {
    fs::create_directories(target().parent_path());
    test::write_file(target(), "mine");
    const auto got = from((dir_ / "mirror").string());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(test::read_file(target()), "mine");
}

TEST_F(Obtain, TwoAtOnceDoNotMix) {
    fs::create_directories(target().parent_path());
    const Descriptor other(::open(part().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(::flock(other.get(), LOCK_EX), 0);
    const auto got = from((dir_ / "mirror").string());
    expect_nothing(got, ErrorCode::unwritable);
    EXPECT_THAT(got.error().message, HasSubstr("another process is fetching it"));
    EXPECT_TRUE(fs::exists(part()));
}

TEST_F(Obtain, ALinkInTheWayIsNotFollowed) {
    fs::create_directories(target().parent_path());
    test::write_file(dir_ / "precious", "precious");
    fs::create_symlink(dir_ / "precious", part());
    expect_nothing(from((dir_ / "mirror").string()), ErrorCode::unwritable);
    EXPECT_EQ(test::read_file(dir_ / "precious"), "precious");
}

TEST_F(Obtain, WhatIsNotPublishedIsNotFetched) {
    const Model exported{.name = "own"};
    const auto got = obtain(exported, dir_.path(), Origin{});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::unsupported);
    EXPECT_THAT(got.error().remedy, HasSubstr("saccade models show own"));
}

}  // namespace
}  // namespace saccade::catalogue
