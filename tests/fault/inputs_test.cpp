// The whole program, asked to write where it reads: refused before anything starts, by every verb.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <fstream>
#include <map>

#include "support/clip.h"
#include "support/program.h"

namespace saccade {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class InputsAreNeverWritten : public testing::Test {
  protected:
    InputsAreNeverWritten() {
        fs::create_directories(path("footage"));
        fs::create_directories(path("out"));
        const auto written = test::write_clip(path("footage/clip.mp4"), {.frames = 12});
        EXPECT_TRUE(written) << written.error().line();
        program_.run({"doctor"});  // fills the cache
    }

    std::string path(const std::string& name) { return (program_.dir() / name).string(); }

    std::map<std::string, std::string> everything() {
        std::map<std::string, std::string> all;
        for (const auto& entry : fs::recursive_directory_iterator(program_.dir().path())) {
            const bool link = entry.is_symlink();
            if (link) all[entry.path()] = "-> " + fs::read_symlink(entry.path()).string();
            if (!link && entry.is_regular_file()) all[entry.path()] = test::read_file(entry.path());
        }
        return all;
    }

    /// Exit code 2, one line that names both and a way out, and not a byte of any file changed.
    void expect_refused(const std::vector<std::string>& arguments, const std::string& output,
                        const std::string& input, test::ProcessOptions options = {}) {
        const auto before = everything();
        const auto result = program_.run(arguments, std::move(options));
        EXPECT_EQ(result.signal, 0);
        EXPECT_EQ(result.exit_code, 2) << result.err << result.out;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
        EXPECT_THAT(result.err, HasSubstr(output + ": this output would replace " + input));
        EXPECT_THAT(result.err,
                    testing::AnyOf(HasSubstr("--"), HasSubstr("lead standard output to")));
        EXPECT_EQ(everything(), before);
    }

    test::Program program_;
};

TEST_F(InputsAreNeverWritten, TheFolderOfTheSource) {
    const std::string clip = path("footage/clip.mp4"), folder = path("footage");
    expect_refused({"track", clip, "--save", "video", "--out", folder}, clip, clip);
    expect_refused({"detect", clip, "--save", "mot,video", "--out", folder + "/../footage/."},
                   folder + "/../footage/./clip.mp4", clip);
    expect_refused({"track", folder, "--save", "video", "--out", folder}, clip, clip);
    expect_refused({"track", folder + "/*.mp4", "--save", "video", "--out", folder}, clip, clip);
    expect_refused({"track", "file://" + clip, "--save", "video", "--out", folder}, clip, clip);
    expect_refused({"profile", clip, "--save", "video", "--out", folder}, clip, clip);
    // The way out works as it is told.
    const auto other =
        program_.run({"track", clip, "--save", "video", "--out", folder + "/results"});
    EXPECT_EQ(other.exit_code, 0) << other.err;
}

TEST_F(InputsAreNeverWritten, RelativeSpellings) {
    expect_refused({"track", "clip.mp4", "--save", "video", "--out", "."}, "./clip.mp4", "clip.mp4",
                   {.directory = path("footage")});
    expect_refused({"track", "./../footage/clip.mp4", "--save", "video", "--out", "../footage"},
                   "../footage/clip.mp4", "./../footage/clip.mp4", {.directory = path("footage")});
}

TEST_F(InputsAreNeverWritten, LinksAndHardLinks) {
    const std::string clip = path("footage/clip.mp4"), there = path("out/clip.mp4");
    const std::vector<std::string> run = {"track", clip, "--save", "video", "--out", path("out")};
    fs::create_symlink(clip, there);
    expect_refused(run, there, clip);
    fs::remove(there);
    fs::create_hard_link(clip, there);
    expect_refused(run, there, clip);
    fs::remove(there);
    fs::create_directory_symlink(path("footage"), path("linked"));
    expect_refused({"track", clip, "--save", "video", "--out", path("linked")},
                   path("linked/clip.mp4"), clip);
    // The source named by a link, the output by the file.
    fs::create_symlink(clip, path("out/clip.mov"));
    expect_refused({"track", path("out/clip.mov"), "--save", "video", "--out", path("footage")},
                   clip, path("out/clip.mov"));
}

TEST_F(InputsAreNeverWritten, BindMounts) {
    fs::create_directories(path("bound"));
    if (::mount(path("footage").c_str(), path("bound").c_str(), nullptr, MS_BIND, nullptr) != 0) {
        GTEST_SKIP() << "this test may not mount";
    }
    expect_refused({"track", path("footage/clip.mp4"), "--save", "video", "--out", path("bound")},
                   path("bound/clip.mp4"), path("footage/clip.mp4"));
    ASSERT_EQ(::umount(path("bound").c_str()), 0);
}

TEST_F(InputsAreNeverWritten, TheGround) {
    test::write_file(path("out/clip.txt"), "homography = [[1, 0, 0], [0, -1, 0], [0, 0, 1]]\n");
    expect_refused({"track", path("footage/clip.mp4"), "--ground", path("out/clip.txt"), "--save",
                    "mot", "--out", path("out")},
                   path("out/clip.txt"), path("out/clip.txt"));
}

TEST_F(InputsAreNeverWritten, Lists) {
    test::write_file(path("footage/clip.txt"), "clip.mp4\n");
    expect_refused({"track", path("footage/clip.txt"), "--out", path("footage")},
                   path("footage/clip.txt"), path("footage/clip.txt"));
    expect_refused({"track", path("footage/clip.txt"), "--save", "video", "--out", path("footage")},
                   path("footage/clip.mp4"), path("footage/clip.mp4"));
    fs::create_directories(path("out/clip.yolo"));
    test::write_file(path("out/clip.yolo/list.txt"), path("footage/clip.mp4") + "\n");
    expect_refused(
        {"track", path("out/clip.yolo/list.txt"), "--save", "yolo", "--out", path("out")},
        path("out/clip.yolo"), path("out/clip.yolo/list.txt"));
}

TEST_F(InputsAreNeverWritten, ASourceThatOneOfTheOutputsWouldBe) {
    // It is not there yet: the first stream would make it, the second would read it.
    expect_refused({"track", path("footage/clip.mp4"), path("out/clip.mp4"), "--save", "video",
                    "--out", path("out")},
                   path("out/clip.mp4"), path("out/clip.mp4"));
}

TEST_F(InputsAreNeverWritten, ModelsAndConfiguration) {
    const std::string clip = path("footage/clip.mp4");
    std::string model;
    for (const auto& e : fs::recursive_directory_iterator(path("cache"))) {
        if (e.path().extension() == ".onnx") model = e.path();
    }
    ASSERT_FALSE(model.empty());
    fs::copy_file(model, path("clip.txt"));
    fs::copy_file(model, path("looks.csv"));
    const std::string here = program_.dir().path().string();
    expect_refused({"track", clip, "--model", path("clip.txt"), "--out", here}, path("clip.txt"),
                   path("clip.txt"));
    fs::create_hard_link(path("looks.csv"), path("clip.csv"));
    expect_refused({"track", clip, "--reid", path("looks.csv"), "--save", "csv", "--out", here},
                   path("clip.csv"), path("looks.csv"));
    test::write_file(path("clip.md5"), "conf = 0.5\n");
    expect_refused({"track", clip, "--config", path("clip.md5"), "--save", "md5", "--out", here},
                   path("clip.md5"), path("clip.md5"));
    test::write_file(path("footage/saccade.toml"), "conf = 0.5\n");
    expect_refused({"profile", clip, "--html", "saccade.toml"}, "saccade.toml", "saccade.toml",
                   {.directory = path("footage")});
}

TEST_F(InputsAreNeverWritten, FilesThatVerbsWrite) {
    const std::string clip = path("footage/clip.mp4");
    expect_refused({"track", clip, "--trace", clip}, clip, clip);
    expect_refused({"profile", clip, "--html", clip}, clip, clip);
    expect_refused({"profile", clip, "--trace", path("footage/./clip.mp4")},
                   path("footage/./clip.mp4"), clip);
    for (const char* flag : {"--json-file", "--markdown", "--html"}) {
        expect_refused({"bench", "decode", "--source", clip, "--model", "none", flag, clip}, clip,
                       clip);
    }
    test::write_file(path("old.json"), "{}");
    expect_refused(
        {"bench", "decode", "--compare", path("old.json"), "--json-file", path("old.json")},
        path("old.json"), path("old.json"));
    test::write_file(path("instances.json"), "{}");
    expect_refused(
        {"bench", "models", "--coco", path("instances.json"), "--markdown", path("instances.json")},
        path("instances.json"), path("instances.json"));
    expect_refused({"track", clip, "--json"}, "/dev/stdout", clip, {.stdout_file = clip});
}

TEST_F(InputsAreNeverWritten, TheJournalAndMarksOfPartialOutputs) {
    const std::string journal = path("out/saccade-journal.jsonl");
    fs::copy_file(path("footage/clip.mp4"), journal);
    expect_refused({"track", journal, path("footage/clip.mp4"), "--out", path("out")}, journal,
                   journal);
    fs::remove(journal);
    fs::copy_file(path("footage/clip.mp4"), path("out/clip.txt.partial"));
    expect_refused(
        {"track", path("footage/clip.mp4"), path("out/clip.txt.partial"), "--out", path("out")},
        path("out/clip.txt.partial"), path("out/clip.txt.partial"));
}

TEST_F(InputsAreNeverWritten, OutputsOfOneRunDontMeet) {
    const std::string clip = path("footage/clip.mp4");
    const auto before = everything();
    for (const std::string file : {"out/clip.txt", "out/./clip.txt", "out/saccade-journal.jsonl"}) {
        const auto result =
            program_.run({"track", clip, "--out", path("out"), "--trace", path(file)});
        EXPECT_EQ(result.exit_code, 2) << result.err;
        EXPECT_THAT(result.err, HasSubstr("another output is written there too"));
    }
    const auto twice = program_.run({"profile", clip, "--html", path("a"), "--trace", path("a")});
    EXPECT_EQ(twice.exit_code, 2) << twice.err;
    EXPECT_EQ(everything(), before);
}

}  // namespace
}  // namespace saccade
