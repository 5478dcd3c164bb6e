// Errors as people meet them, each provoked through the program: the commands that its remedy
// names, between backticks, are run in a shell and work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>

#include "support/clip.h"
#include "support/program.h"
#include "support/scripted_server.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// What stands between backticks.
std::vector<std::string> commands_in(const std::string& text) {
    std::vector<std::string> commands;
    static const std::regex quoted("`([^`]+)`");
    for (std::sregex_iterator at(text.begin(), text.end(), quoted), end; at != end; ++at) {
        commands.push_back((*at)[1]);
    }
    return commands;
}

class Remedies : public testing::Test {
  protected:
    void SetUp() override {
        fs::create_directory(bin_);
        fs::create_symlink(SACCADE_BINARY, bin_ / "saccade");
        fs::create_directory(work_);
    }

    /// The program as a person runs it: no model of the tests, no data of the project.
    test::ProcessResult saccade(const std::string& words) { return shell("saccade " + words); }
    test::ProcessResult shell(const std::string& command) {
        return test::run_process({"/bin/sh", "-c", command},
                                 {.environment = {{"PATH", bin_.string() + ":/usr/bin:/bin"},
                                                  {"HOME", dir_.path().string()},
                                                  {"XDG_DATA_HOME", (dir_ / "data").string()},
                                                  {"XDG_CONFIG_HOME", (dir_ / "config").string()},
                                                  {"SACCADE_CACHE_DIR", (dir_ / "cache").string()},
                                                  {"SACCADE_SHARED", (dir_ / "none").string()},
                                                  {"SACCADE_MODEL_MIRROR", mirror_}},
                                  .directory = work_});
    }

    /// `words` fail; the remedy names commands, and each of them works (their own remedies are
    /// theirs: a `models get` needs a network).
    void expect_commands_work(const std::string& words, std::size_t commands = 1,
                              const std::string& about = "") {
        const auto failed = saccade(words);
        EXPECT_NE(failed.exit_code, 0) << words;
        EXPECT_EQ(failed.signal, 0) << words;
        EXPECT_THAT(failed.err, HasSubstr(about)) << words;
        const auto found = commands_in(failed.err);
        EXPECT_GE(found.size(), commands) << words << ": " << failed.err;
        for (const std::string& command : found) {
            if (command.starts_with("sudo ") || command.starts_with("make ")) continue;
            const auto run = shell(command);
            EXPECT_EQ(run.exit_code, 0) << words << "\n -> " << command << "\n" << run.err;
        }
    }
    void file(const std::string& name, const std::string& bytes) const {
        test::write_file(work_ / name, bytes);
    }

    test::TempDir dir_;
    const fs::path bin_ = dir_ / "bin", work_ = dir_ / "work";
    std::string mirror_ = (dir_ / "mirror").string();
};

TEST_F(Remedies, OfWrongWords) {
    expect_commands_work("nonsense");
    expect_commands_work("track --nonsense");
    expect_commands_work("track --conf 3 x.mp4", 0);
    expect_commands_work("track --model synthetic");
    expect_commands_work("bench nonsense");
    expect_commands_work("models get nonsense", 1, "nonsense");
    expect_commands_work("models show nonsense");
    expect_commands_work("models get yolo11s", 1, "not published as ONNX");
}

TEST_F(Remedies, OfFilesThatAreNotThere) {
    expect_commands_work("track nonsense.mp4 --model synthetic");
    expect_commands_work("track 'a folder/it'\\''s.mp4' --model synthetic");
    expect_commands_work("track /nonsense/x.mp4 --model synthetic");
    expect_commands_work("track synthetic: --model nonsense/x.onnx");
    expect_commands_work("track synthetic: --model synthetic --config nonsense.toml");
    expect_commands_work("bench trackers --compare nonsense.json");
    expect_commands_work("track synthetic: --model nonsense");
}

TEST_F(Remedies, OfFilesOfTheWrongKind) {
    file("wide.txt", std::string("\xff\xfe"
                                 "a\0.\0m\0p\0"
                                 "4\0",
                                 12));
    expect_commands_work("track wide.txt --model synthetic", 1, "UTF-16");
    EXPECT_EQ(test::read_file(work_ / "wide.txt.utf8"), "a.mp4");
    file("pointer.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
    const auto failed = saccade("track synthetic: --model pointer.onnx");
    EXPECT_THAT(commands_in(failed.err), testing::Contains("git lfs pull"));  // (it needs a remote)
}

TEST_F(Remedies, OfAModelThatIsNotHereFetchesOne) {
    // With no model named, the command that is offered is asked of a mirror that has another file
    // under that name: it is found, fetched, and refused.
    const auto none = saccade("track synthetic:frames=3");
    EXPECT_EQ(none.exit_code, 1);
    EXPECT_THAT(commands_in(none.err), testing::Contains("saccade models get yolox_nano"));
    test::ScriptedServer server([](const std::string&) -> test::ScriptedServer::Reply {
        return {test::http_answer("200 OK", std::string(3'659'407, 'x'))};
    });
    mirror_ = server.url();
    const auto wrong = shell("saccade models get yolox_nano");
    EXPECT_EQ(wrong.exit_code, 1);
    EXPECT_THAT(wrong.err, HasSubstr("not the file that was published"));
    EXPECT_FALSE(fs::exists(dir_ / "data/saccade/models/yolox_nano.onnx"));
    ASSERT_EQ(server.requests().size(), 1U);
    EXPECT_THAT(server.requests()[0], HasSubstr("GET /yolox_nano.onnx "));
}

TEST_F(Remedies, OfAFileInTheWayOfAModel) {
    fs::create_directories(dir_ / "data/saccade/models");
    test::write_file(dir_ / "data/saccade/models/yolox_nano.onnx", "mine");
    expect_commands_work("models get yolox_nano", 1, "not the file that was published");
    EXPECT_EQ(test::read_file(dir_ / "data/saccade/models/yolox_nano.onnx.other"), "mine");
}

TEST_F(Remedies, AreCommandsOfProgramsThatThereAre) {
    // Every text between backticks in the program's own messages begins like a command, and those
    // of this program are known to it.
    const std::regex literal("\"(?:[^\"\\\\\n]|\\\\.)*\"");
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(test::source_dir() / "src")) {
        if (entry.path().extension() != ".cpp") continue;
        const std::string text = test::read_file(entry.path());
        for (std::sregex_iterator at(text.begin(), text.end(), literal), end; at != end; ++at) {
            for (const std::string& command : commands_in((*at)[0])) {
                found.emplace(command, entry.path().string());
            }
        }
    }
    EXPECT_GE(found.size(), 12U);
    const std::regex known(
        "(saccade|make|git lfs pull|ls|mv|iconv|nvidia-smi|pip install|sudo apt-get install)( "
        ".*)?");
    for (const auto& [command, place] : found) {
        if (command == "{}") continue;  // of a report, in Markdown
        EXPECT_TRUE(std::regex_match(command, known)) << place << ": " << command;
        if (!command.starts_with("saccade ") || command.find('{') != std::string::npos) continue;
        if (command.find("NAME") != std::string::npos) continue;  // in a footnote, no remedy
        const std::string verb = command.substr(0, command.find(' ', 8));
        EXPECT_EQ(shell(verb + " --help").exit_code, 0) << place << ": " << command;
    }
}

}  // namespace
}  // namespace saccade
