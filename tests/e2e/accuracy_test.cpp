// mAP through the binary: a data set of one picture that the built-in model is made for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "support/program.h"

namespace saccade {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Accuracy : public testing::Test {
  protected:
    Accuracy() {
        std::filesystem::create_directories(data() / "images");
        std::string picture = "P6 640 480 255\n";
        for (int y = 0; y < 480; ++y) {
            for (int x = 0; x < 640; ++x) {
                const bool red = x >= 200 && x < 280 && y >= 160 && y < 220;
                picture += red ? std::string{char(200), 40, 40} : std::string(3, 114);
            }
        }
        test::write_file(data() / "images" / "a.ppm", picture);
        write_truth("red box", 200);
    }
    /// One object, 80 px wide and 60 high.
    void write_truth(const std::string& category, int left) {
        const json truth = {
            {"images", {{{"id", 1}, {"file_name", "a.ppm"}, {"width", 640}, {"height", 480}}}},
            {"categories", {{{"id", 7}, {"name", category}}}},
            {"annotations",
             {{{"id", 1},
               {"image_id", 1},
               {"category_id", 7},
               {"bbox", {left, 160, 80, 60}},
               {"area", 4800},
               {"iscrowd", 0}}}}};
        test::write_file(data() / "instances.json", truth.dump());
    }
    double map_by_val() {
        const auto result = program_.run({"val", instances(), "--json", "-q"});
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return json::parse(result.out)["map"].get<double>();
    }
    [[nodiscard]] std::filesystem::path data() const { return program_.dir() / "data"; }
    [[nodiscard]] std::string instances() const { return (data() / "instances.json").string(); }

    test::Program program_;
};

TEST_F(Accuracy, ValTellsWhatWasFound) {
    EXPECT_NEAR(map_by_val(), 1, 1e-9);
    write_truth("red box", 216);  // IoU 2/3: found at 0.50 to 0.65, not at 0.70
    EXPECT_NEAR(map_by_val(), 0.4, 1e-9);
    write_truth("Red Box", 200);  // names are compared without case where they are not equal
    EXPECT_NEAR(map_by_val(), 1, 1e-9);
}

TEST_F(Accuracy, ValNamesCategoriesThatTheModelDoesNotKnow) {
    write_truth("lilac box", 200);
    auto result = program_.run({"val", instances(), "--json", "-q"});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_THAT(result.err, HasSubstr("no category of the data set (lilac box) is a class of"));
    EXPECT_EQ(result.out, "") << "no figure that looks like one";
    write_truth("red box", 200);
    json truth = json::parse(test::read_file(data() / "instances.json"));
    truth["categories"].push_back({{"id", 8}, {"name", "lilac box"}});
    test::write_file(data() / "instances.json", truth.dump());
    result = program_.run({"val", instances(), "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(result.err, HasSubstr("1 of 2 categories are no classes of"));
    EXPECT_EQ(json::parse(result.out)["categories_without_class"], json({"lilac box"}));
}

TEST_F(Accuracy, ValReadsNothingOutsideTheImages) {
    const auto with_name = [&](const std::string& name) {
        json truth = json::parse(test::read_file(data() / "instances.json"));
        truth["images"][0]["file_name"] = name;
        test::write_file(data() / "instances.json", truth.dump());
        return program_.run({"val", instances()});
    };
    test::write_file(data() / "b.ppm", test::read_file(data() / "images/a.ppm"));
    for (const std::string& name :
         {std::string("."), std::string("../b.ppm"), (data() / "b.ppm").string()}) {
        const auto result = with_name(name);
        EXPECT_EQ(result.exit_code, 1);
        EXPECT_THAT(result.err,
                    HasSubstr("images[0]: file_name \"" + name + "\" is no file below"));
    }
    EXPECT_THAT(with_name("*.ppm").err, HasSubstr("*.ppm: no such image"));
    std::filesystem::create_symlink("../b.ppm", data() / "images/c.ppm");
    const auto linked = with_name("c.ppm");
    EXPECT_EQ(linked.exit_code, 0) << linked.err;
    EXPECT_THAT(linked.err, HasSubstr("is a link that leads out of"));
}

TEST_F(Accuracy, ValNamesWhatIsWrong) {
    std::filesystem::remove(data() / "images" / "a.ppm");
    auto result = program_.run({"val", instances()});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("a.ppm"));
    result = program_.run({"val", (data() / "none.json").string()});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("none.json"));
}

TEST_F(Accuracy, ModelsAreComparedBySpeedAndAccuracy) {
    const auto run = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"bench", "models", "--json", "--reps", "1", "--frames", "8",
                                     "--source", "synthetic:frames=8&width=320&height=240"});
        return program_.run(std::move(words));
    };
    auto result = run({"--models", "synthetic,synthetic", "--coco", instances()});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json rows = json::parse(result.out)["rows"];
    ASSERT_EQ(rows.size(), 2U);
    for (const json& row : rows) {
        EXPECT_EQ(row["name"], "synthetic");
        EXPECT_GT(row["median"].get<double>(), 0);
        EXPECT_GT(row["details"]["one frame p50, ms"].get<double>(), 0);
        EXPECT_NEAR(row["details"]["mAP50-95, %"].get<double>(), 100, 1e-6);
    }
    result = run({"--coco", (data() / "none.json").string()});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("none.json"));
    result = run({"--models", "nosuchmodel"});
    EXPECT_NE(result.exit_code, 0);
    EXPECT_THAT(result.err, HasSubstr("nosuchmodel"));
}

}  // namespace
}  // namespace saccade
