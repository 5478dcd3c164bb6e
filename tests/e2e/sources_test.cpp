// Every result knows its source: the shared cases of images, times and shapes, through the program.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/clip.h"
#include "support/process.h"
#include "support/program.h"

namespace saccade {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* all_formats = "mot,jsonl,coco,yolo,csv,md5,video";

class Sources : public testing::Test {
  protected:
    /// A grey picture with a red box, which the synthetic model knows.
    void red_box(const std::string& name) {
        std::filesystem::create_directories((program_.dir() / name).parent_path());
        test::Canvas picture(320, 240, {110, 110, 110});
        picture.fill(60, 60, 110, 110, {220, 20, 20});
        ASSERT_TRUE(test::write_image(program_.dir() / name, picture));
    }
    [[nodiscard]] std::string at(const std::string& name) const {
        return (program_.dir() / name).string();
    }
    [[nodiscard]] std::string output(const std::string& name) const {
        return test::read_file(program_.out() / name);
    }
    std::vector<std::string> lines(const std::string& name) {
        std::istringstream text(output(name));
        std::vector<std::string> all;
        for (std::string line; std::getline(text, line);) all.push_back(line);
        return all;
    }
    /// The frames of a jsonl output.
    std::vector<json> frames(const std::string& name) {
        std::vector<json> all;
        for (const std::string& line : lines(name)) {
            if (json frame = json::parse(line); frame.contains("index")) all.push_back(std::move(frame));
        }
        return all;
    }
    std::set<std::string> names_in(const std::string& folder) {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(program_.out() / folder)) {
            names.insert(entry.path().filename().string());
        }
        return names;
    }

    test::Program program_;
};

TEST_F(Sources, ImagesThatCanNotBeReadAreNamedAndTheOthersKeepTheirPlaces) {
    SACCADE_NEEDS_SHARED("cases/images/broken");
    const std::string folder = (test::shared_dir() / "cases/images/broken").string();
    const auto result = program_.run({"detect", folder, "--json", "--save", all_formats});
    EXPECT_EQ(result.exit_code, 3) << result.err;
    const json stream = json::parse(result.out)["streams"][0];
    EXPECT_EQ(stream["status"], "partial");
    EXPECT_EQ(stream["frames"], 3);
    const json& bad = stream["bad_images"];
    EXPECT_EQ(bad["count"], 3);
    EXPECT_EQ(bad["left_out"], 2);
    const json expected = {
        {{"file", folder + "/b-truncated.jpg"}, {"reason", "damaged or cut short"}, {"left_out", false}},
        {{"file", folder + "/d-empty.jpg"}, {"reason", "empty file"}, {"left_out", true}},
        {{"file", folder + "/e-garbage.jpg"}, {"reason", "not an image"}, {"left_out", true}}};
    EXPECT_EQ(bad["images"], expected);
    EXPECT_THAT(output("broken.unread.csv"),
                HasSubstr(folder + "/e-garbage.jpg,not an image,true\r\n"));

    const std::vector<json> written = frames("broken.jsonl");
    ASSERT_EQ(written.size(), 3U);
    const char* names[] = {"/a.jpg", "/b-truncated.jpg", "/c.jpg"};
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(written[i]["index"], i);
        EXPECT_EQ(written[i]["image_id"], i);
        EXPECT_EQ(written[i]["file"], folder + names[i]);
    }
    EXPECT_EQ(names_in("broken.yolo"), (std::set<std::string>{"a.txt", "b-truncated.txt", "c.txt"}));
    EXPECT_THAT(output("broken.md5"), HasSubstr(" \"b-truncated.jpg\"\n"));
    EXPECT_THAT(output("broken.frames.csv"), HasSubstr("\r\n3,0.066666667,"));
    EXPECT_THAT(output("broken.frames.csv"), HasSubstr(",2,c.jpg\r\n"));
    EXPECT_THAT(output("broken.csv"), HasSubstr(",class_name,file_name\r\n"));

    const auto told = program_.run({"detect", folder});
    EXPECT_THAT(told.out, HasSubstr("left out " + folder + "/d-empty.jpg: empty file"));
    EXPECT_THAT(told.out, HasSubstr("read in part " + folder + "/b-truncated.jpg: damaged or cut short"));
}

TEST_F(Sources, AnImageLeftOutLeavesItsIndexFree) {
    red_box("d/0.png");
    test::write_file(program_.dir() / "d/1.png", "no image");
    red_box("d/2.png");
    const auto result = program_.run({"detect", at("d"), "--save", "mot,coco,jsonl,csv"});
    EXPECT_EQ(result.exit_code, 3) << result.err;
    EXPECT_THAT(output("d.txt"), testing::AllOf(testing::StartsWith("1,"), HasSubstr("\n3,")));
    EXPECT_THAT(output("d.coco.json"), HasSubstr("\"image_id\":2,"));
    EXPECT_THAT(output("d.csv"), HasSubstr(",2,0.066666667,red box,2.png\r\n"));
    // Once all can be read, no list of an earlier run is left.
    EXPECT_TRUE(std::filesystem::exists(program_.out() / "d.unread.csv"));
    red_box("d/1.png");
    EXPECT_EQ(program_.run({"detect", at("d")}).exit_code, 0);
    EXPECT_FALSE(std::filesystem::exists(program_.out() / "d.unread.csv"));
}

TEST_F(Sources, ThousandsOfBadImagesAreCountedAndListedInAFile) {
    red_box("d/0.png");
    for (int i = 1; i <= 1500; ++i) {
        test::write_file(program_.dir() / fmt::format("d/{}.png", i), "no image");
    }
    const auto result = program_.run({"detect", at("d"), "--json"});
    EXPECT_EQ(result.exit_code, 3);
    const json bad = json::parse(result.out)["streams"][0]["bad_images"];
    EXPECT_EQ(bad["count"], 1500);
    EXPECT_EQ(bad["images"].size(), 1000U);
    EXPECT_EQ(lines("d.unread.csv").size(), 1501U);
    const auto told = program_.run({"detect", at("d")});
    EXPECT_THAT(told.out, HasSubstr("and 1490 more images: see the list " + (program_.out() / "d.unread.csv").string()));
}

TEST_F(Sources, ImagesOfOneNameAreKeptApart) {
    SACCADE_NEEDS_SHARED("cases/images/same-name");
    const std::string folder = (test::shared_dir() / "cases/images/same-name").string();
    auto result = program_.run({"detect", folder + "/**/*.jpg", "--save", all_formats, "--conf", "0.01"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::string jsonl;
    for (const std::string& name : program_.outputs()) {
        if (name.ends_with(".jsonl")) jsonl = name;
    }
    const auto written = frames(jsonl);
    ASSERT_EQ(written.size(), 2U);
    EXPECT_EQ(written[0]["image_id"], 1);
    EXPECT_EQ(written[1]["image_id"], 2);
    const std::string base = jsonl.substr(0, jsonl.size() - 6);
    EXPECT_EQ(names_in(base + ".yolo"), (std::set<std::string>{"0001.txt", "b-0001.txt"}));
    EXPECT_THAT(output(base + ".frames.csv"),
                testing::AllOf(HasSubstr(",1,a/0001.jpg\r\n"), HasSubstr(",2,b/0001.jpg\r\n")));
    // As two sources: ids and names are of the run.
    result = program_.run({"detect", folder + "/a/0001.jpg", folder + "/b/0001.jpg", "--save", "jsonl,frames",
                           "--out", at("two")});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(test::read_file(program_.dir() / "two/0001.frames.csv"), HasSubstr(",1,a/0001.jpg\r\n"));
    EXPECT_THAT(test::read_file(program_.dir() / "two/0001-2.frames.csv"), HasSubstr(",2,b/0001.jpg\r\n"));
}

TEST_F(Sources, CocoResultsFitTheirImages) {
    for (const char* name : {"d/000000000007.png", "d/000000000139.png", "d/street.png", "d/1.png"}) red_box(name);
    ASSERT_EQ(program_.run({"detect", at("d"), "--save", "coco"}).exit_code, 0);
    std::map<std::string, std::int64_t> ids;
    for (const json& result : json::parse(output("d.coco.json"))) {
        ids[result["file_name"].get<std::string>()] = result["image_id"].get<std::int64_t>();
    }
    EXPECT_EQ(ids, (std::map<std::string, std::int64_t>{{"000000000007.png", 7},
                                                        {"000000000139.png", 139},
                                                        {"1.png", 1},
                                                        {"street.png", 140}}));
}

TEST_F(Sources, TimesAreThoseOfTheFile) {
    SACCADE_NEEDS_SHARED("cases/video/starts-at-2s.mp4");
    const auto result = program_.run({"detect", (test::shared_dir() / "cases/video/starts-at-2s.mp4").string(),
                                      "--save", "jsonl,csv,frames", "--conf", "0.001"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(frames("starts-at-2s.jsonl").at(0)["pts_ns"], 2'000'000'000);
    EXPECT_EQ(json::parse(lines("starts-at-2s.jsonl").at(0))["start_ns"], 2'000'000'000);
    EXPECT_THAT(output("starts-at-2s.frames.csv"), HasSubstr("\r\n1,2.000000000,"));
}

TEST_F(Sources, AnMp4WithItsIndexAtTheEndIsToldSoByPipe) {
    ASSERT_TRUE(test::write_clip(program_.dir() / "end.mp4", {}));
    ASSERT_TRUE(test::write_clip(program_.dir() / "front.mp4", {.options = {{"movflags", "faststart"}}}));
    const auto piped = [&](const char* name) {
        return test::run_process(
            {"/bin/sh", "-c",
             fmt::format("cat '{}' | '{}' detect - --model synthetic --out '{}' --cache-dir '{}'",
                         at(name), SACCADE_BINARY, at("piped"), at("cache"))});
    };
    const auto refused = piped("end.mp4");
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("MP4 has its index at the end"));
    for (const char* way_out : {"the file's own path", "+faststart", "MPEG-TS"}) {
        EXPECT_THAT(refused.err, HasSubstr(way_out));
    }
    const auto read = piped("front.mp4");
    EXPECT_EQ(read.exit_code, 0) << read.err;
}

TEST_F(Sources, OtherProgramsModelsAreToldWhatTheyAre) {
    test::write_file(program_.dir() / "best.pt", "PK\3\4");
    const auto result = program_.run({"detect", "synthetic:frames=1", "--model", at("best.pt")});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("best.pt: is a PyTorch file, and only ONNX models can be read"));
    EXPECT_THAT(result.err, HasSubstr("yolo export model='" + at("best.pt") + "' format=onnx"));
    EXPECT_THAT(program_.run({"detect", "synthetic:frames=1", "--model", "yolo11n.pt"}).err,
                HasSubstr("yolo11n.pt: is a PyTorch file"));
}

TEST_F(Sources, ClassNamesWithCommasAreChosenInQuotes) {
    const auto result = program_.run({"detect", "synthetic:frames=1", "--classes", "\"red box\", \"a, b\""});
    EXPECT_NE(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("no class 'a, b'"));
    EXPECT_EQ(program_.run({"detect", "synthetic:frames=1", "--classes", "\"red box\""}).exit_code, 0);
}

}  // namespace
}  // namespace saccade
