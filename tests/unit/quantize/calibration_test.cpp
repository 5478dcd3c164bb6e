#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "model/quantize/write_int8.h"
#include "quantize/calibrate.h"
#include "quantize/search.h"
#include "quantize/trial.h"
#include "support/files.h"
#include "support/head_networks.h"
#include "support/models.h"
#include "support/temp_dir.h"

namespace saccade::quantize {
namespace {

const std::vector<std::string> scene{"synthetic:frames=40&width=320&height=240"};

TEST(FarthestPoints, TakesWhatDiffersMost) {
    const std::vector<std::vector<std::uint8_t>> points{{10}, {11}, {200}, {100}, {12}};
    EXPECT_EQ(farthest_points(points, 3), (std::vector<std::size_t>{0, 2, 3}));
    // Equal pictures are taken once.
    const std::vector<std::vector<std::uint8_t>> twice{{1}, {1}, {2}, {2}};
    EXPECT_EQ(farthest_points(twice, 4), (std::vector<std::size_t>{0, 2}));
}

TEST(Table, ComesBackWholeAndOnlyUnderItsKey) {
    const test::TempDir dir;
    const auto path = dir.path() / "table.json";
    Table table{.key = "k", .images = 3, .tensors = {}};
    table.tensors["a"].add(std::vector<float>{-1, 2, 0.5F});
    ASSERT_TRUE(store(table, path));
    EXPECT_EQ(restore(path, "k"), table);
    EXPECT_EQ(restore(path, "other").images, 0U);
    for (const char* damage :
         {"", "{", "[]", "{\"schema\":\"saccade.calibration/1\",\"key\":\"k\"}"}) {
        std::ofstream(path) << damage;
        EXPECT_TRUE(restore(path, "k").tensors.empty()) << damage;
    }
}

/// Plans are made for the network whose head was cut off, and written into the file as it is.
TEST(Int8OfRealNetworks, TheCutHeadChangesNoLayer) {
    for (const std::string name : {"yolo11n", "yolo26n", "yolox_nano"}) {
        const auto file = test::real_model(name);
        if (file.empty())
            GTEST_SKIP() << "no models/" << name << ".onnx(.xz) in SACCADE_SHARED or ../shared";
        const auto network = open_network(file, {}, {}).value();
        const auto whole = model::int8_candidates(network.file).value();
        const auto cut = model::int8_candidates(network.model).value();
        ASSERT_EQ(whole.size(), cut.size()) << name;
        for (std::size_t i = 0; i < cut.size(); ++i) EXPECT_EQ(whole[i].output, cut[i].output);
        EXPECT_EQ(model::int8_tensors(network.file).value(),
                  model::int8_tensors(network.model).value());
        // All but the last ones: six, or nine in YOLOX, and the fixed sum of DFL.
        if (name == "yolo11n") {
            EXPECT_EQ(cut.size(), 81U);
        } else if (name == "yolox_nano") {
            EXPECT_EQ(cut.size(), 104U);
        }
    }
}

class Calibrate : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto file = test::real_model("yolox_nano");
        if (file.empty())
            GTEST_SKIP() << "no models/yolox_nano.onnx in SACCADE_SHARED or ../shared";
        network_ = std::make_unique<Network>(open_network(file, {}, {}).value());
        choice_ = choose_frames(scene, 8, 4, {}, {}).value();
    }
    std::unique_ptr<Network> network_;
    Choice choice_;
};

TEST_F(Calibrate, PicturesAreChosenApart) {
    EXPECT_EQ(choice_.calibration.size(), 8U);
    EXPECT_EQ(choice_.held_out.size(), 4U);
    for (const Pick& pick : choice_.held_out) {
        EXPECT_EQ(std::count(choice_.calibration.begin(), choice_.calibration.end(), pick), 0);
    }
    EXPECT_EQ(choose_frames(scene, 8, 4, {}, {}).value().digest, choice_.digest);
    EXPECT_NE(choose_frames(scene, 9, 4, {}, {}).value().digest, choice_.digest);
}

TEST_F(Calibrate, GoesOnWhereItWasInterruptedWithTheSameResult) {
    const test::TempDir dir;
    const Table whole = calibrate(*network_, scene, choice_, "", {}, {}).value();
    EXPECT_EQ(whole.images, choice_.calibration.size());

    std::stop_source stop;
    const auto broken = calibrate(*network_, scene, choice_, dir.path(), stop.get_token(),
                                  [&](const char*, std::size_t done, std::size_t) {
                                      if (done == 3) stop.request_stop();
                                  });
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::interrupted);
    std::size_t first = 0;
    const auto resumed = calibrate(*network_, scene, choice_, dir.path(), {},
                                   [&](const char*, std::size_t done, std::size_t) {
                                       if (first == 0) first = done;
                                   });
    ASSERT_TRUE(resumed) << resumed.error().line();
    EXPECT_EQ(first, 4U);
    EXPECT_EQ(*resumed, whole);
}

// On a network of a few layers: the scan of a real one takes minutes under ASan.
TEST(Search, EndsInAPlanOrSaysThatThereIsNone) {
    const test::TempDir dir;
    const auto file = dir.path() / "small.onnx";
    test::write_file(file, test::head_network("yolov8-deep").to_bytes().value());
    const auto opened = open_network(file, {}, {});
    ASSERT_TRUE(opened) << opened.error().line();
    const Network& network = *opened;
    const auto choice = choose_frames(scene, 8, 4, {}, {}).value();
    const auto calibrated = calibrate(network, scene, choice, "", {}, {});
    ASSERT_TRUE(calibrated) << calibrated.error().line();
    const Table& table = *calibrated;
    const auto trial =
        make_trial(network, load_frames(scene, choice.held_out, {}).value(), {}).value();
    std::vector<std::size_t> kept;
    const Gate never = [&](const model::Int8Plan& plan) -> Result<Judgement> {
        kept.push_back(plan.kept.size());
        return Judgement{.drop = 9, .good = false};
    };
    const auto found =
        search(network, table, Method::minmax, model::Int8Shape::openvino, trial, never, {}, {});
    ASSERT_TRUE(found) << found.error().line();
    EXPECT_FALSE(found->judgement.good);
    EXPECT_TRUE(std::is_sorted(kept.begin(), kept.end()));
    EXPECT_GT(kept.size(), 1U);  // it gave more layers back before it gave up
    EXPECT_GT(kept.back(), kept.front());
}

TEST_F(Calibrate, APlanThatWasSpoiltShowsInTheDrift) {
    const Table table = calibrate(*network_, scene, choice_, "", {}, {}).value();
    auto plan = plan_of(table, *network_, Method::minmax);
    for (auto& [tensor, range] : plan.ranges) {
        range.high *= 0.05F;  // cuts nearly all there is
        range.low *= 0.05F;
    }
    // What the network takes for objects in the scene is faint: its boxes and scores tell all the
    // same.
    const auto trial =
        make_trial(*network_, load_frames(scene, choice_.held_out, {}).value(), {}).value();
    const auto sound = drift_of(*network_, plan_of(table, *network_, Method::minmax),
                                model::Int8Shape::openvino, trial, {});
    const auto spoilt = drift_of(*network_, plan, model::Int8Shape::openvino, trial, {});
    ASSERT_TRUE(sound && spoilt);
    EXPECT_GT(spoilt->loss, sound->loss);
    EXPECT_GT(spoilt->loss, 0.5);
}

}  // namespace
}  // namespace saccade::quantize
