// `saccade models` and the demo's model, with mirrors on this machine in place of the publishers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/clip.h"
#include "support/program.h"
#include "support/scripted_server.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class Models : public testing::Test {
  protected:
    test::ProcessResult run(const std::vector<std::string>& arguments,
                            test::ProcessOptions options = {}) {
        const std::map<std::string, std::string> own = {
            {"XDG_DATA_HOME", (program_.dir() / "data").string()},
            {"SACCADE_SHARED", (program_.dir() / "none").string()},
            {"SACCADE_MODEL_MIRROR", (program_.dir() / "mirror").string()}};
        options.environment.insert(own.begin(), own.end());
        options.directory = program_.dir().path();
        return program_.run(arguments, options);
    }
    [[nodiscard]] fs::path folder() const { return program_.dir() / "data/saccade/models"; }
    /// Names of what is in the user's model folder, hidden ones too.
    [[nodiscard]] std::vector<std::string> kept() const {
        std::vector<std::string> names;
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(folder(), ignored)) {
            names.push_back(entry.path().filename().string());
        }
        return names;
    }

    test::Program program_;
};

TEST_F(Models, AreListedWithWhatIsFound) {
    fs::create_directories(folder());
    test::write_file(folder() / "yolox_tiny.onnx", "x");
    test::write_file(folder() / "mine.onnx.xz", "x");
    const auto text = run({"models"});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("`saccade models get yolox_nano`"));
    EXPECT_THAT(text.out, HasSubstr((folder() / "yolox_tiny.onnx").string()));
    EXPECT_THAT(text.out, HasSubstr("`saccade models show yolo11n`"));
    EXPECT_THAT(text.out, HasSubstr("mine"));
    const json out = json::parse(run({"models", "--json"}).out);
    EXPECT_EQ(out["schema"], "saccade.models/1");
    EXPECT_EQ(out["known"][0]["name"], "yolox_nano");
    EXPECT_EQ(out["known"][0]["bytes"], 3'659'407);
    EXPECT_EQ(out["known"][0]["path"], nullptr);
    EXPECT_EQ(out["known"][1]["path"], (folder() / "yolox_tiny.onnx").string());
    ASSERT_EQ(out["others"].size(), 1U);
    EXPECT_EQ(out["others"][0]["name"], "mine");
}

TEST_F(Models, ThatAreNotPublishedTellTheirExport) {
    const auto text = run({"models", "show", "yolo11s"});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_THAT(text.out, HasSubstr("yolo export model=yolo11s.pt format=onnx dynamic=True"));
    EXPECT_THAT(text.out, HasSubstr("AGPL-3.0"));
}

TEST_F(Models, AreRefusedWhereTheirBytesAreOthers) {
    fs::create_directories(program_.dir() / "mirror");
    test::write_file(program_.dir() / "mirror/yolox_nano.onnx", std::string(3'659'407, 'x'));
    const auto wrong = run({"models", "get", "yolox_nano"});
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_THAT(wrong.err, HasSubstr("SHA-256"));
    EXPECT_THAT(kept(), testing::IsEmpty());
}

TEST_F(Models, LeaveNothingOnAFullDisk) {
    test::ScriptedServer server([](const std::string& request) -> test::ScriptedServer::Reply {
        return {test::http_file(request, std::string(3'659'407, 'x'))};
    });
    const auto full =
        run({"models", "get", "yolox_nano"},
            {.environment = {{"SACCADE_MODEL_MIRROR", server.url()}}, .largest_file = 1'000'000});
    EXPECT_EQ(full.exit_code, 1);
    EXPECT_THAT(full.err, HasSubstr("yolox_nano.onnx: can't be written"));
    EXPECT_THAT(full.err, HasSubstr("free disk space"));
    EXPECT_THAT(kept(), testing::IsEmpty());
}

TEST_F(Models, AreFetchedThroughTheProxyOfTheEnvironment) {
    test::ScriptedServer proxy([](const std::string&) -> test::ScriptedServer::Reply {
        return {test::http_answer("404 Not Found", "")};
    });
    const auto result =
        run({"models", "get", "yolox_nano"},
            {.environment = {{"SACCADE_MODEL_MIRROR", "http://user:secret@models.invalid/a"},
                             {"http_proxy", proxy.url()},
                             {"no_proxy", ""}}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("the server answers 404"));
    EXPECT_THAT(result.err, Not(HasSubstr("secret")));
    ASSERT_EQ(proxy.requests().size(), 1U);
    EXPECT_THAT(proxy.requests()[0],
                HasSubstr("GET http://models.invalid/a/yolox_nano.onnx HTTP/1.1"));
}

TEST_F(Models, StopOnAnInterruptAndGoOnFromThere) {
    test::ScriptedServer server([](const std::string& request) -> test::ScriptedServer::Reply {
        std::string answer = test::http_file(request, std::string(3'659'407, 'x'));
        answer.resize(answer.size() / 2);
        return {.bytes = answer, .holds = true};
    });
    const fs::path part = folder() / ".yolox_nano.onnx.part";
    const auto stopped =
        run({"models", "get", "yolox_nano"},
            {.environment = {{"SACCADE_MODEL_MIRROR", server.url()}}, .interrupt_when = [&] {
                 std::error_code ignored;
                 return fs::file_size(part, ignored) > 1'000'000 && !ignored;
             }});
    EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
    EXPECT_GT(fs::file_size(part), 1'000'000U);
}

TEST_F(Models, OfOneThatIsHereIsTakenWhereNoneIsNamed) {
    // (No real weights are at hand in every build: what is taken is told by how it fails.)
    fs::create_directories(folder());
    test::write_file(folder() / "yolox_nano.onnx", "no model");
    const auto result = test::run_process(
        {SACCADE_BINARY, "track", "synthetic:frames=2"},
        {.environment = {{"XDG_DATA_HOME", (program_.dir() / "data").string()},
                         {"HOME", program_.dir().path().string()},
                         {"SACCADE_CACHE_DIR", (program_.dir() / "cache").string()},
                         {"SACCADE_SHARED", (program_.dir() / "none").string()}},
         .directory = program_.dir().path()});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err,
                HasSubstr("no --model is named and yolo11n is not here: yolox_nano is taken"));
    EXPECT_THAT(result.err, HasSubstr("yolox_nano.onnx"));
}

TEST_F(Models, TheDemoFallsBackAndSaysWhy) {
    fs::create_directories(program_.dir() / "shared/video");
    const auto clip = program_.dir() / "shared/video/people_1080p30.mp4";
    ASSERT_TRUE(test::write_clip(clip, {.frames = 4}));
    const auto result = test::run_process(
        {SACCADE_BINARY, "demo", "--save", "mot", "--out", program_.out().string()},
        {.environment = {{"XDG_DATA_HOME", (program_.dir() / "data").string()},
                         {"HOME", program_.dir().path().string()},
                         {"SACCADE_CACHE_DIR", (program_.dir() / "cache").string()},
                         {"SACCADE_SHARED", (program_.dir() / "shared").string()},
                         {"SACCADE_MODEL_MIRROR", (program_.dir() / "mirror").string()}},
         .directory = program_.dir().path()});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("The demo fetches one"));
    EXPECT_THAT(result.err, HasSubstr("SYNTHETIC scene"));
    EXPECT_THAT(result.err, HasSubstr("no model is here, and"));
    EXPECT_THAT(result.err, HasSubstr("mirror/yolox_nano.onnx: no such file"));
}

}  // namespace
}  // namespace saccade
