// A folder of images: what is written of each bears its name, also behind one that can't be read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "saccade/engine.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/temp_dir.h"

namespace saccade {
namespace {

class ImageFolder : public testing::TestWithParam<Mode> {};

TEST_P(ImageFolder, LabelsBearTheNamesOfTheImages) {
    const test::TempDir dir;
    const auto images = dir / "images";
    std::filesystem::create_directory(images);
    test::write_file(images / "000000000001.png", "no image");
    for (const char* name : {"000000000007.png", "000000000139.jpg", "street.png"}) {
        test::Canvas picture(320, 240, {110, 110, 110});
        picture.fill(60, 60, 110, 110,
                     {220, 20, 20});  // a red box, which the synthetic model knows
        ASSERT_TRUE(test::write_image(images / name, picture));
    }
    Settings settings;
    settings.model = "synthetic";
    settings.out = (dir / "out").string();
    settings.cache_dir = (dir / "cache").string();
    settings.save = {"yolo", "coco"};
    settings.interpolate = 2;

    std::set<std::string> told;
    RunHooks hooks;
    hooks.on_result = [&](const std::string&, const FrameResult& result) {
        ASSERT_TRUE(result.file);
        told.insert(*result.file);
    };
    const auto summary = run(GetParam(), settings, {images.string()}, hooks);
    ASSERT_TRUE(summary) << summary.error().line();
    EXPECT_EQ(told, (std::set<std::string>{(images / "000000000007.png").string(),
                                           (images / "000000000139.jpg").string(),
                                           (images / "street.png").string()}));
    std::set<std::string> labels;
    for (const auto& entry : std::filesystem::directory_iterator(dir / "out/images.yolo")) {
        labels.insert(entry.path().filename().string());
    }
    EXPECT_EQ(labels,
              (std::set<std::string>{"000000000007.txt", "000000000139.txt", "street.txt"}));
    const std::string coco = test::read_file(dir / "out/images.coco.json");
    EXPECT_THAT(coco, testing::HasSubstr("{\"image_id\":7,"));
    EXPECT_THAT(coco, testing::HasSubstr("{\"image_id\":139,"));
    EXPECT_THAT(coco, testing::HasSubstr("{\"image_id\":140,"));
    EXPECT_THAT(coco, testing::HasSubstr("\"file_name\":\"street.png\"}"));
}

INSTANTIATE_TEST_SUITE_P(Modes, ImageFolder, testing::Values(Mode::detect, Mode::track),
                         [](const auto& tested) {
                             return tested.param == Mode::detect ? "detect" : "track";
                         });

}  // namespace
}  // namespace saccade
