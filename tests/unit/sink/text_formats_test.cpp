// What the text formats say, against the words of the formats' own definitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <locale>

#include "contract/sink/scene.h"
#include "core/digest.h"
#include "sink/coco_categories.h"
#include "sink/jsonl_reader.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

class TextFormats : public testing::Test {
  protected:
    /// Runs the scene and gives the file back.
    std::string run(const std::string& format, bool tracking = true, std::uint64_t frames = 1) {
        auto sink = make_sink(format, options_);
        EXPECT_TRUE(sink);
        const auto done = test::run_scene(**sink, frames, Outcome::complete, tracking);
        EXPECT_TRUE(done) << done.error().line();
        path_ = (*sink)->path();
        return std::filesystem::is_directory(path_) ? "" : test::read_file(path_);
    }

    /// Likewise for detections on the first frame, once as each of the image files.
    std::string run_images(const std::string& format, const std::vector<std::string>& files) {
        auto sink = make_sink(format, options_);
        Context context = test::scene_context(false);
        context.images = std::make_shared<const media::ImageNames>(files);
        EXPECT_TRUE((*sink)->begin(context));
        for (std::size_t i = 0; i < files.size(); ++i) {
            FrameResult result = test::scene_result(0);
            result.id.index = i;
            result.tracks.clear();
            result.file = std::make_shared<const std::string>(files[i]);
            EXPECT_TRUE((*sink)->write(result, {}));
        }
        EXPECT_TRUE((*sink)->finish(Outcome::complete));
        path_ = (*sink)->path();
        return std::filesystem::is_directory(path_) ? "" : test::read_file(path_);
    }

    test::TempDir dir_;
    SinkOptions options_ = test::scene_options(dir_.path());
    std::filesystem::path path_;
};

TEST_F(TextFormats, MotHasOneBasedFramesAndPixelsAndConfirmedTracksOnly) {
    EXPECT_EQ(run("mot", true, 2),
              "1,1,2.100,3.400,10.200,27.800,0.875000,-1,-1,-1\n"
              "2,1,3.100,3.400,10.200,27.800,0.875000,-1,-1,-1\n");
}

TEST_F(TextFormats, MotWithLostTracks) {
    options_.include_lost = true;
    EXPECT_EQ(run("mot"),
              "1,1,2.100,3.400,10.200,27.800,0.875000,-1,-1,-1\n"
              "1,9223372036854775807,-4.000,-5.500,25.000,76.500,0.500000,-1,-1,-1\n");
}

TEST_F(TextFormats, MotOfDetectionsIsDetTxt) {
    EXPECT_EQ(run("mot", false),
              "1,-1,2.000,3.500,10.250,27.500,0.875000,-1,-1,-1\n"
              "1,-1,1.000,1.000,64.000,48.000,0.000010,-1,-1,-1\n");
}

constexpr const char* csv_header =
    "x_min,y_min,x_max,y_max,class_id,confidence,tracker_id,frame_index,pts_s,class_name\r\n";

TEST_F(TextFormats, CsvQuotesAndKeepsTheTimeExact) {
    options_.include_lost = true;
    EXPECT_EQ(run("csv"), std::string(csv_header) +
                              "1.100,2.400,11.300,30.200,0,0.875000,1,0,0.000000001,person\r\n"
                              "-5.000,-6.500,20.000,70.000,1,0.500000,9223372036854775807,0,"
                              "0.000000001,\"traffic light, \"\"red\"\"\"\r\n");
}

TEST_F(TextFormats, CsvHasPlacesOnTheGround) {
    options_.ground = true;
    auto sink = make_sink("csv", options_);
    ASSERT_TRUE((*sink)->begin(test::scene_context()));
    FrameResult result = test::scene_result(0);
    for (const auto& ground :
         {std::optional<GroundState>(), std::optional<GroundState>({1.5F, 20, 0.25F}),
          std::optional<GroundState>({1.5F, 20, 7, true, 3, -4})}) {
        result.tracks[0].ground = ground;
        ASSERT_TRUE((*sink)->write(result, {}));
    }
    ASSERT_TRUE((*sink)->finish(Outcome::complete));
    const std::string csv = test::read_file((*sink)->path());
    EXPECT_THAT(csv, testing::HasSubstr(",class_name,x_m,y_m,speed_mps,distance_m\r\n"));
    EXPECT_THAT(csv, testing::HasSubstr(",person,,,,\r\n"));
    EXPECT_THAT(csv, testing::HasSubstr(",person,1.500,20.000,,0.250\r\n"));
    EXPECT_THAT(csv, testing::HasSubstr(",person,1.500,20.000,5.000,7.000\r\n"));
}

TEST_F(TextFormats, CsvOfDetectionsHasNoTrackerId) {
    EXPECT_EQ(run("csv", false),
              std::string(csv_header) +
                  "1.000,2.500,11.250,30.000,0,0.875000,,0,0.000000001,person\r\n"
                  "0.000,0.000,64.000,48.000,2,0.000010,,0,0.000000001,自転車\r\n");
}

TEST_F(TextFormats, CsvTimesBeforeZero) {
    auto sink = make_sink("csv", options_);
    ASSERT_TRUE((*sink)->begin(test::scene_context()));
    FrameResult result = test::scene_result(0);
    result.pts = Timestamp(-1'500'000'000);
    ASSERT_TRUE((*sink)->write(result, {}));
    ASSERT_TRUE((*sink)->finish(Outcome::complete));
    EXPECT_NE(test::read_file((*sink)->path()).find(",-1.500000000,"), std::string::npos);
}

TEST_F(TextFormats, CocoHoldsTheDetectionsAlsoWithATracker) {
    EXPECT_EQ(run("coco"),
              "[\n{\"image_id\":0,\"category_id\":0,\"bbox\":[1.000,2.500,10.250,27.500],"
              "\"score\":0.875},\n"
              "{\"image_id\":0,\"category_id\":2,\"bbox\":[0.000,0.000,64.000,48.000],"
              "\"score\":1e-05}\n]\n");
}

TEST_F(TextFormats, CocoIdsOfCategories) {
    Context context = test::scene_context();
    context.class_names.clear();
    for (const CocoCategory& category : coco_categories) {
        context.class_names.emplace_back(category.name);
    }
    FrameResult result = test::scene_result(0);
    result.detections.resize(1);
    result.detections[0].class_id = 79;
    for (const bool mapped : {true, false}) {
        options_.coco_category_ids = mapped;
        auto sink = make_sink("coco", options_);
        ASSERT_TRUE((*sink)->begin(context));
        ASSERT_TRUE((*sink)->write(result, {}));
        ASSERT_TRUE((*sink)->finish(Outcome::complete));
        const std::string category = mapped ? "\"category_id\":90," : "\"category_id\":79,";
        EXPECT_THAT(test::read_file((*sink)->path()),
                    testing::HasSubstr("{\"image_id\":0," + category));
    }
}

TEST_F(TextFormats, CocoNamesTheImages) {
    EXPECT_THAT(
        run_images("coco", {"a/000000000139.jpg", "a/two \"2\".png", "a/12x.png", "a/-7.png"}),
        testing::AllOf(testing::HasSubstr("{\"image_id\":139,\"category_id\":0,"),
                       testing::HasSubstr("\"score\":0.875,\"file_name\":\"000000000139.jpg\"}"),
                       testing::HasSubstr("{\"image_id\":140,\"category_id\":0,"),
                       testing::HasSubstr("\"file_name\":\"two \\\"2\\\".png\"}"),
                       testing::HasSubstr("{\"image_id\":141,"),
                       testing::HasSubstr("{\"image_id\":142,")));
}

TEST_F(TextFormats, YoloIsNormalisedAFileAFrame) {
    run("yolo", true, 2);
    // (1.1 + 11.3) / 2 / 64, (2.4 + 30.2) / 2 / 48, 10.2 / 64, 27.8 / 48
    EXPECT_EQ(test::read_file(path_ / "scène 1_000001.txt"),
              "0 0.096875 0.339583 0.159375 0.579167 0.875000 1\n");
    EXPECT_TRUE(std::filesystem::exists(path_ / "scène 1_000002.txt"));
}

TEST_F(TextFormats, YoloOfDetectionsBearsTheImagesNames) {
    run_images("yolo", {"a/000000000139.jpg", "a/b.c.jpg", "a/b.c.png"});
    EXPECT_TRUE(std::filesystem::exists(path_ / "b.c.txt"));
    EXPECT_TRUE(std::filesystem::exists(path_ / "b.c.png.txt")) << "another image of that name";
    EXPECT_EQ(test::read_file(path_ / "000000000139.txt"),
              "0 0.095703 0.338542 0.160156 0.572917 0.875000\n"
              "2 0.500000 0.500000 1.000000 1.000000 0.000010\n");
}

TEST_F(TextFormats, EachFrameOfImagesIsNamed) {
    const std::vector<std::string> files = {"d/a/0001.jpg", "d/b/0001.jpg", "d/c, \"1\".jpg"};
    const std::string csv = run_images("csv", files);
    EXPECT_THAT(csv, testing::StartsWith("x_min,y_min,x_max,y_max,class_id,confidence,tracker_id,"
                                         "frame_index,pts_s,class_name,file_name\r\n"));
    EXPECT_THAT(csv, testing::HasSubstr(",person,a/0001.jpg\r\n"));
    EXPECT_THAT(csv, testing::HasSubstr(",person,b/0001.jpg\r\n"));
    EXPECT_THAT(csv, testing::HasSubstr(",person,\"c, \"\"1\"\".jpg\"\r\n"));
    EXPECT_EQ(run_images("frames", files),
              "frame,pts_s,width,height,image_id,file_name\r\n"
              "1,0.000000001,64,48,1,a/0001.jpg\r\n"
              "2,0.000000001,64,48,2,b/0001.jpg\r\n"
              "3,0.000000001,64,48,3,\"c, \"\"1\"\".jpg\"\r\n");
    const std::string jsonl = run_images("jsonl", files);
    EXPECT_THAT(jsonl,
                testing::HasSubstr(",\"file\":\"d/b/0001.jpg\",\"image_id\":2,\"detections\""));
    const auto back = read_jsonl(path_);
    ASSERT_TRUE(back) << back.error().line();
    EXPECT_EQ(*back->frames[1].file, files[1]);
    const std::string md5 = run_images("md5", files);
    EXPECT_THAT(md5, testing::ContainsRegex("\n1 [0-9a-f]{32} \"b/0001.jpg\"\n"));
    // The digest does not depend on where the images lie.
    const std::string moved = run_images("md5", {"e/a/0001.jpg", "e/b/0001.jpg", "e/c, \"1\".jpg"});
    EXPECT_EQ(md5, moved);
}

TEST_F(TextFormats, FramesOfAVideoHaveTheirTimes) {
    EXPECT_EQ(run("frames", true, 2),
              "frame,pts_s,width,height,image_id,file_name\r\n"
              "1,0.000000001,64,48,,\r\n"
              "2,0.033366668,64,48,,\r\n");
}

TEST_F(TextFormats, JsonLinesTellAStartThatIsNotZero) {
    auto sink = make_sink("jsonl", options_);
    Context context = test::scene_context();
    context.start = std::chrono::seconds(2);
    ASSERT_TRUE((*sink)->begin(context));
    ASSERT_TRUE((*sink)->finish(Outcome::complete));
    EXPECT_THAT(test::read_file((*sink)->path()),
                testing::HasSubstr("],\"start_ns\":2000000000}\n"));
    const auto back = read_jsonl((*sink)->path());
    ASSERT_TRUE(back) << back.error().line();
    EXPECT_EQ(back->header.start, std::chrono::seconds(2));
}

TEST_F(TextFormats, Md5IsThatOfTheJsonLines) {
    const std::string lines = run("jsonl", true, 3);
    const auto first = lines.find('\n') + 1, last = lines.rfind('\n', lines.size() - 2) + 1;
    Digest all(Digest::Algorithm::md5);
    all.update(lines.substr(first, last - first));
    Digest frame(Digest::Algorithm::md5);
    frame.update(lines.substr(first, lines.find('\n', first) - first));
    const std::string text = run("md5", true, 3);
    EXPECT_EQ(text.substr(0, text.find('\n')), "0 " + frame.hex());
    EXPECT_THAT(text, testing::EndsWith("\nall " + all.hex() + "\n"));
}

/// As in German: 1.234,5.
struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
};

TEST_F(TextFormats, NoLocaleChangesANumber) {
    const auto all = [&] { return run("mot") + run("csv") + run("coco") + run("jsonl"); };
    const std::string before = all();
    const std::locale old = std::locale::global(std::locale(std::locale::classic(), new Comma));
    const std::string after = all();
    std::locale::global(old);
    EXPECT_EQ(before, after);
}

// The files of tests/golden/sink, byte for byte.
TEST_F(TextFormats, GoldenFiles) {
    const auto golden = test::source_dir() / "tests/golden/sink";
    for (const char* format : {"mot", "csv", "coco", "jsonl", "md5"}) {
        EXPECT_EQ(run(format, true, 3), test::read_file(golden / (std::string(format) + ".golden")))
            << format;
    }
}

TEST(CocoCategories, CountAndGaps) {
    EXPECT_EQ(coco_categories.front().id, 1);
    EXPECT_EQ(coco_categories.back().id, 90);
    for (std::size_t i = 1; i < coco_categories.size(); ++i) {
        EXPECT_LT(coco_categories[i - 1].id, coco_categories[i].id);
    }
    EXPECT_FALSE(are_coco_classes({"person"}));
}

TEST(Registry, RefusesWhatItCannotMake) {
    EXPECT_EQ(make_sink("xml", {}).error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(make_sink("xml", {}).error().remedy, testing::HasSubstr("jsonl"));
    EXPECT_EQ(make_sink("mot", {.stem = "a/b"}).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(make_sink("mot", {.stem = ""}).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace saccade::sink
