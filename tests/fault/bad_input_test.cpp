#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "support/clip.h"
#include "support/program.h"

namespace saccade {
namespace {

using test::ProcessResult;
using testing::HasSubstr;
using testing::IsEmpty;

class BadInput : public testing::Test {
  protected:
    /// One line on standard error that names `part`, that exit code, and nothing left behind.
    void expect_error(const ProcessResult& result, int code, const std::string& part) {
        EXPECT_EQ(result.signal, 0);
        EXPECT_EQ(result.exit_code, code) << result.err;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
        EXPECT_THAT(result.err, HasSubstr("saccade: error: "));
        EXPECT_THAT(result.err, HasSubstr(part));
        EXPECT_THAT(program_.outputs(), IsEmpty());
    }
    std::string path(const std::string& name) { return (program_.dir() / name).string(); }
    std::string file(const std::string& name, const std::string& bytes) {
        test::write_file(path(name), bytes);
        return path(name);
    }
    std::string clip(const std::string& name, test::ClipOptions options = {}) {
        options.width = 320;
        options.height = 240;
        const auto written = test::write_clip(path(name), options);
        EXPECT_TRUE(written) << written.error().line();
        return path(name);
    }

    test::Program program_;
};

TEST_F(BadInput, MissingFile) {
    expect_error(program_.run({"track", path("none.mp4")}), 1, "none.mp4");
}

TEST_F(BadInput, EmptyFile) {
    expect_error(program_.run({"track", file("empty.mp4", "")}), 1, "empty.mp4");
}

TEST_F(BadInput, TextFileCalledVideo) {
    const std::string text(5000, 'x');
    expect_error(program_.run({"track", file("text.mp4", "hello\n" + text)}), 1, "text.mp4");
}

TEST_F(BadInput, AudioOnly) {
    ASSERT_TRUE(test::write_sound(path("sound.wav"), 0.2));
    expect_error(program_.run({"track", path("sound.wav")}), 1, "sound.wav");
}

TEST_F(BadInput, FolderWithoutImages) {
    std::filesystem::create_directory(path("folder"));
    expect_error(program_.run({"track", path("folder")}), 1, "folder");
    file("folder/notes.md", "hello");
    expect_error(program_.run({"track", path("folder")}), 1, "folder");
}

TEST_F(BadInput, UnwritableOutput) {
    const std::string blocked = file("blocked", "a file where a folder should be");
    const auto result = program_.run({"track", clip("a.mp4"), "--out", blocked + "/deep"});
    expect_error(result, 1, "blocked");
}

TEST_F(BadInput, ReadOnlyOutputFolder) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
    std::filesystem::create_directory(path("locked"));
    std::filesystem::permissions(path("locked"), std::filesystem::perms::owner_read);
    expect_error(program_.run({"track", clip("a.mp4"), "--out", path("locked")}), 1, "locked");
}

TEST_F(BadInput, FullDiskLeavesNothingHalf) {
    program_.run({"doctor"});  // fills the model cache, which must not meet the limit
    for (const std::string format : {"mot", "jsonl", "coco", "csv", "yolo", "video"}) {
        const auto result = program_.run({"detect", "synthetic:frames=60", "--save", format},
                                         {.largest_file = 100});
        EXPECT_EQ(result.signal, 0) << format;
        if (format == "yolo") continue;  // its files are smaller than the limit
        EXPECT_EQ(result.exit_code, 1) << format << result.err;
        EXPECT_THAT(program_.outputs(), IsEmpty()) << format;
    }
}

TEST_F(BadInput, BrokenModels) {
    const std::string video = clip("a.mp4");
    expect_error(program_.run({"track", video, "--model", path("none.onnx")}), 1, "none.onnx");
    expect_error(program_.run({"track", video, "--model", file("empty.onnx", "")}), 1,
                 "empty.onnx");
    expect_error(program_.run({"track", video, "--model", file("text.onnx", "not a model")}), 1,
                 "text.onnx");
    expect_error(program_.run({"track", video, "--model", "no-such-name"}), 1, "no-such-name");
}

TEST_F(BadInput, TruncatedAndFlippedModelsNeverCrash) {
    program_.run({"doctor"});
    std::string whole;
    for (const auto& e : std::filesystem::recursive_directory_iterator(program_.dir() / "cache")) {
        if (e.path().extension() == ".onnx") whole = test::read_file(e.path());
    }
    ASSERT_GT(whole.size(), 100U);
    const std::string video = clip("a.mp4");
    for (std::size_t part = 1; part < 8; ++part) {
        const auto cut = program_.run({"track", video, "--model",
                                       file("cut.onnx", whole.substr(0, whole.size() * part / 8))});
        EXPECT_EQ(cut.exit_code, 1) << cut.err;
        std::string flipped = whole;
        flipped[whole.size() * part / 9] ^= 0x41;
        const auto result =
            program_.run({"track", video, "--model", file("flipped.onnx", flipped)});
        EXPECT_EQ(result.signal, 0);
        EXPECT_TRUE(result.exit_code == 0 || result.exit_code == 1) << result.err;
    }
}

TEST_F(BadInput, WrongUseIsTwo) {
    expect_error(program_.run({"track"}), 2, "no source");
    expect_error(program_.run({"track", "x.mp4", "--conf", "7"}), 2, "conf");
    expect_error(program_.run({"track", "x.mp4", "--tracker", "magic"}), 2, "magic");
    expect_error(program_.run({"track", "x.mp4", "--save", "avi"}), 2, "avi");
    expect_error(program_.run({"track", "x.mp4", "--no-such-flag"}), 2, "--no-such-flag");
    expect_error(program_.run({"dance"}), 2, "dance");
    expect_error(program_.run({"track", clip("a.mp4"), "--classes", "unicorn"}), 2, "unicorn");
    expect_error(program_.run({"track", path("a.mp4"), "--device", "toaster"}), 2, "toaster");
}

TEST_F(BadInput, ATruncatedVideosReadablePartIsWritten) {
    clip("whole.mp4", {.frames = 60, .gop = 5, .options = {{"movflags", "faststart"}}});
    const std::string bytes = test::read_file(path("whole.mp4"));
    file("cut.mp4", bytes.substr(0, bytes.size() * 2 / 3));
    const auto result = program_.run({"detect", path("cut.mp4"), "--save", "jsonl", "--json"});
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_THAT(result.err, HasSubstr("cut.mp4"));
    const std::string lines = test::read_file(program_.out() / "cut.jsonl");
    const auto frames = std::count(lines.begin(), lines.end(), '\n') - 2;  // header and footer
    EXPECT_GT(frames, 20);
    EXPECT_LT(frames, 60);
    // What is there equals what the whole video gives.
    program_.run({"detect", path("whole.mp4"), "--save", "jsonl"});
    const std::string full = test::read_file(program_.out() / "whole.jsonl");
    const auto after_header = [](const std::string& text) { return text.find('\n') + 1; };
    const std::string a = lines.substr(after_header(lines)), b = full.substr(after_header(full));
    EXPECT_EQ(a.substr(0, a.size() / 2), b.substr(0, a.size() / 2));
}

TEST_F(BadInput, DamagedVideosArePartialAndTheSameFromAnyDecoders) {
    for (const std::string name :
         {"h264_shuffle_7064.mp4", "hevc_flip_7179.mp4", "hevc_flip_7013.mkv",
          "mjpeg_flip_1027.avi", "h264frag_header_1689.mp4"}) {
        SACCADE_NEEDS_SHARED("cases/damage/" + name);
        const std::string source = (test::shared_dir() / "cases" / "damage" / name).string();
        const std::string output =
            (program_.out() / std::filesystem::path(name).stem()).string() + ".jsonl";
        std::string once;
        for (const char* decoders : {"1", "3"}) {
            const auto result = program_.run(
                {"detect", source, "--save", "jsonl", "--imgsz", "160", "--decoders", decoders});
            EXPECT_EQ(result.exit_code, 3) << name << result.err;
            EXPECT_THAT(result.err, HasSubstr(name));
            const std::string frames = test::read_file(output);
            if (once.empty()) once = frames;
            EXPECT_EQ(frames, once) << name << ", " << decoders << " decoders";
        }
    }
}

TEST_F(BadInput, OneBadFileFailsAlone) {
    const auto result = program_.run({"detect", clip("good.mp4"), path("missing.mp4"),
                                      file("text.mp4", std::string(900, 'x')), "--save", "mot"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(program_.outputs(), testing::ElementsAre("good.txt", "saccade-journal.jsonl"));
    EXPECT_THAT(result.err, HasSubstr("missing.mp4"));
    EXPECT_THAT(result.err, HasSubstr("text.mp4"));
}

TEST_F(BadInput, MutatedVideosNeverCrashHangOrLeaveHalfFiles) {
    clip("seed.mp4", {.frames = 12, .gop = 4});
    const std::string whole = test::read_file(path("seed.mp4"));
    unsigned state = 12345;
    for (int round = 0; round < 6; ++round) {
        std::string bytes = whole;
        for (int i = 0; i < 20; ++i) {
            state = state * 1664525U + 1013904223U;
            bytes[state % bytes.size()] = static_cast<char>(state >> 24U);
        }
        const auto result = program_.run({"detect", file("mutant.mp4", bytes)},
                                         {.time_limit = std::chrono::seconds(120)});
        EXPECT_EQ(result.signal, 0) << round;
        EXPECT_THAT(result.exit_code, testing::AnyOf(0, 1, 3)) << result.err;
        for (const std::string& name : program_.outputs()) EXPECT_NE(name.front(), '.') << name;
    }
}

}  // namespace
}  // namespace saccade
