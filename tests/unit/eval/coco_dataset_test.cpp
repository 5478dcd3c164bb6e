#include "eval/coco_dataset.h"

#include <gtest/gtest.h>

#include "support/files.h"

#include <random>

#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade::eval {
namespace {

TEST(CocoDataset, ReadsImagesCategoriesAndBoxes) {
    const auto data = CocoDataset::parse(R"({
        "info": {"ignored": true},
        "images": [{"id": 3, "file_name": "a.jpg", "width": 10, "height": 20},
                   {"id": 1, "file_name": "b.jpg"}],
        "categories": [{"id": 7, "name": "person"}, {"id": 2, "name": "car"}],
        "annotations": [
            {"id": 1, "image_id": 3, "category_id": 2, "bbox": [1, 2.5, 3, 4], "area": 11.5,
             "iscrowd": 1, "segmentation": []},
            {"id": 2, "image_id": 1, "category_id": 7, "bbox": [0, 0, 0, 0], "area": 0}]})",
                                         "x.json");
    ASSERT_TRUE(data) << data.error().line();
    ASSERT_EQ(data->images.size(), 2U);
    EXPECT_EQ(data->images[0].file_name, "a.jpg");
    EXPECT_EQ(data->images[0].height, 20);
    EXPECT_EQ(data->images[1].width, 0);
    ASSERT_EQ(data->annotations.size(), 2U);
    EXPECT_EQ(data->annotations[0].y, 2.5);
    EXPECT_EQ(data->annotations[0].area, 11.5);
    EXPECT_TRUE(data->annotations[0].crowd);
    EXPECT_FALSE(data->annotations[1].crowd);
    const std::vector<std::string> names{"car", "cat", "person"};
    const auto match = data->match(names);
    EXPECT_EQ(match.of_class, (std::vector<std::optional<std::int64_t>>{2, std::nullopt, 7}));
    EXPECT_TRUE(match.without_class.empty());
}

TEST(CocoDataset, CategoriesAreMatchedExactlyThenWithoutCase) {
    CocoDataset data;
    data.categories = {{1, "PERSON"}, {2, "person"}, {3, "Traffic Light"}, {4, "zebra"}};
    const auto match = data.match(std::vector<std::string>{"traffic light", "person", "car"});
    EXPECT_EQ(match.of_class, (std::vector<std::optional<std::int64_t>>{3, 2, std::nullopt}));
    EXPECT_EQ(match.without_class, (std::vector<std::string>{"PERSON", "zebra"}));
}

TEST(CocoDataset, FileNamesStayBelowTheImages) {
    const auto load = [](const std::string& file_name) {
        return CocoDataset::parse(R"({"images":[{"id":1,"file_name":")" + file_name +
                                      R"("}],"categories":[],"annotations":[]})",
                                  "x.json");
    };
    for (const char* good : {"a.jpg", "val2017/a.jpg", "a..b.jpg", ".hidden.jpg", "./a.jpg"}) {
        EXPECT_TRUE(load(good)) << good;
    }
    for (const char* bad : {"", ".", "..", "/etc/passwd", "../a.jpg", "a/../../b.jpg", "a/", "a/."}) {
        const auto data = load(bad);
        ASSERT_FALSE(data) << bad;
        EXPECT_EQ(data.error().code, ErrorCode::corrupt);
        EXPECT_NE(data.error().message.find("images[0]: file_name"), std::string::npos);
    }
}

TEST(CocoDataset, TheSharedCasesSayTheSame) {
    SACCADE_NEEDS_SHARED("cases/coco/ok.json");
    const auto folder = test::shared_dir() / "cases/coco";
    const auto ok = CocoDataset::load(folder / "ok.json");
    ASSERT_TRUE(ok) << ok.error().line();
    const auto crowd = CocoDataset::load(folder / "crowd-bool.json");
    ASSERT_TRUE(crowd) << crowd.error().line();
    ASSERT_EQ(crowd->annotations.size(), ok->annotations.size());
    for (std::size_t i = 0; i < ok->annotations.size(); ++i) {
        EXPECT_EQ(crowd->annotations[i].crowd, ok->annotations[i].crowd) << i;
    }
    const auto title = CocoDataset::load(folder / "titlecase-names.json");
    ASSERT_TRUE(title) << title.error().line();
    std::vector<std::string> names;
    for (const CocoCategory& category : ok->categories) names.push_back(category.name);
    EXPECT_EQ(title->match(names).of_class, ok->match(names).of_class);
    EXPECT_TRUE(title->match(names).without_class.empty());
}

// A good file with one part replaced: how the message must name the fault.
struct Fault {
    const char *what, *with, *named;
};

class BadCocoFile : public ::testing::TestWithParam<Fault> {};

TEST_P(BadCocoFile, IsRefusedAndTheEntryNamed) {
    std::string text =
        R"({"images":[{"id":1,"file_name":"a","width":5,"height":5}],)"
        R"("categories":[{"id":1,"name":"n"}],)"
        R"("annotations":[{"image_id":1,"category_id":1,"bbox":[0,0,1,1],"area":1,"iscrowd":0}]})";
    ASSERT_TRUE(CocoDataset::parse(text, "x.json"));
    const std::string what = GetParam().what;
    const auto at = text.find(what);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, what.size(), GetParam().with);
    const auto data = CocoDataset::parse(text, "x.json");
    ASSERT_FALSE(data);
    EXPECT_EQ(data.error().code, ErrorCode::corrupt);
    EXPECT_EQ(data.error().message.find("x.json: "), 0U) << data.error().message;
    EXPECT_NE(data.error().message.find(GetParam().named), std::string::npos)
        << data.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Faults, BadCocoFile,
    ::testing::Values(
        Fault{"{\"images\"", "[\"images\"", "parse error"},
        Fault{"\"images\":[", "\"pictures\":[", "no list \"images\""},
        Fault{"\"annotations\":[{", "\"annotations\":[5,{", "annotations[0]: not an object"},
        Fault{"\"id\":1,\"file_name\"", "\"id\":\"1\",\"file_name\"", "images[0]: \"id\""},
        Fault{"\"file_name\":\"a\"", "\"file_name\":5", "images[0]: \"file_name\""},
        Fault{"\"width\":5", "\"width\":-5", "images[0]: \"width\""},
        Fault{"\"width\":5", "\"width\":5000000000", "images[0]: \"width\""},
        Fault{"\"height\":5}", "\"height\":5},{\"id\":1,\"file_name\":\"b\"}",
              "images[1]: id 1 a second time"},
        Fault{"\"name\":\"n\"}", "\"name\":\"n\"},{\"id\":1,\"name\":\"m\"}",
              "categories[1]: id 1 a second time"},
        Fault{"\"name\":\"n\"", "\"title\":\"n\"", "categories[0]: \"name\""},
        Fault{"\"image_id\":1", "\"image_id\":2", "annotations[0]: no image has the id 2"},
        Fault{"\"category_id\":1", "\"category_id\":9", "annotations[0]: no category"},
        Fault{"[0,0,1,1]", "[0,0,1]", "annotations[0]: \"bbox\""},
        Fault{"[0,0,1,1]", "[0,0,1,null]", "annotations[0]: \"bbox\""},
        Fault{"[0,0,1,1]", "[0,0,-1,1]", "annotations[0]: \"bbox\" has a negative size"},
        Fault{"[0,0,1,1]", "[0,0,1e999,1]", "number overflow"},
        Fault{"\"area\":1,", "", "annotations[0]: \"area\""},
        Fault{"\"area\":1", "\"area\":-1", "annotations[0]: \"area\" is negative"},
        Fault{"\"iscrowd\":0", "\"iscrowd\":2", "annotations[0]: \"iscrowd\""}));

TEST(CocoDataset, AnyBytesGiveADataSetOrAnError) {
    std::mt19937 random(6);
    const std::string good =
        R"({"images":[{"id":1,"file_name":"a","width":5,"height":5}],)"
        R"("categories":[{"id":1,"name":"n"}],)"
        R"("annotations":[{"image_id":1,"category_id":1,"bbox":[0,0,1,1],"area":1,"iscrowd":0}]})";
    std::size_t refused = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string text = good;
        for (unsigned n = 1 + random() % 3; n > 0; --n) {  // its own bytes in other places
            text[random() % text.size()] = good[random() % good.size()];
        }
        const auto data = CocoDataset::parse(text, "x.json");
        if (data) continue;
        ++refused;
        EXPECT_EQ(data.error().code, ErrorCode::corrupt);
        EXPECT_EQ(data.error().message.find("x.json: "), 0U) << data.error().message;
    }
    EXPECT_GT(refused, 300U);
    EXPECT_LT(refused, 2990U);
}

TEST(CocoDataset, FilesThatCannotBeReadAreNamed) {
    saccade::test::TempDir dir;
    EXPECT_EQ(CocoDataset::load(dir / "none.json").error().code, ErrorCode::not_found);
    EXPECT_EQ(CocoDataset::load(dir.path()).error().code, ErrorCode::unreadable);
    saccade::test::write_file(dir / "empty.json", "");
    EXPECT_EQ(CocoDataset::load(dir / "empty.json").error().code, ErrorCode::corrupt);
    saccade::test::write_file(dir / "deep.json", std::string(100000, '['));
    EXPECT_EQ(CocoDataset::load(dir / "deep.json").error().code, ErrorCode::corrupt);
}

TEST(CocoDataset, ReadsTheSharedSubset) {
    SACCADE_NEEDS_SHARED("coco/instances.json");
    const auto data = CocoDataset::load(saccade::test::shared_dir() / "coco/instances.json");
    ASSERT_TRUE(data) << data.error().line();
    EXPECT_EQ(data->images.size(), 120U);
    EXPECT_EQ(data->categories.size(), 80U);
}

}  // namespace
}  // namespace saccade::eval
