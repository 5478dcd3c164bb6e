// Which picture of a track is kept.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "contract/sink/scene.h"
#include "core/crop.h"
#include "media/source.h"
#include "sink/picture_quality.h"
#include "sink/redactor.h"
#include "support/drawn_scene.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::sink {
namespace {

namespace fs = std::filesystem;

constexpr int width = 320, height = 240;

/// Stripes of one pixel (sharp) or of sixteen.
Frame striped(int stripe) {
    Frame frame = test::noisy_frame(PixelFormat::nv12, width, height, 1);
    auto* const luma = const_cast<std::uint8_t*>(frame.planes[0].data);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            luma[y * frame.planes[0].stride + x] = x / stripe % 2 == 0 ? 60 : 180;
        }
    }
    return frame;
}

class Crops : public testing::Test {
  protected:
    void begin() {
        auto made = make_sink("crops", test::scene_options(dir_.path()));
        ASSERT_TRUE(made);
        sink_ = std::move(*made);
        ASSERT_TRUE(sink_->begin(test::scene_context()));
    }
    void write(const std::vector<Track>& tracks, Frame frame) {
        FrameResult result;
        result.id.index = next_++;
        result.pts = std::chrono::milliseconds(40) * static_cast<int>(result.id.index);
        result.width = width;
        result.height = height;
        result.tracks = tracks;
        frame.pts = result.pts;
        const auto done = sink_->write(result, frame);
        ASSERT_TRUE(done) << done.error().line();
    }
    std::vector<nlohmann::json> finish() {
        const auto done = sink_->finish(Outcome::complete);
        EXPECT_TRUE(done) << done.error().line();
        std::istringstream lines(test::read_file(fs::path(sink_->path()) / "crops.jsonl"));
        std::vector<nlohmann::json> rows;
        for (std::string line; std::getline(lines, line);) {
            rows.push_back(nlohmann::json::parse(line));
        }
        return rows;
    }
    static Track track(std::int64_t id, const Box& box, TrackState state = TrackState::confirmed) {
        return {.id = id, .box = box, .raw_box = box, .score = 0.8F, .class_id = 0, .state = state};
    }

    test::TempDir dir_;
    std::unique_ptr<Sink> sink_;
    std::uint64_t next_ = 0;
};

TEST_F(Crops, TheLargestInTheOpenIsKept) {
    begin();
    const Frame frame = striped(3);
    write({track(5, {100, 100, 130, 160})}, frame);
    write({track(5, {100, 60, 180, 200})}, frame);                               // larger
    write({track(5, {90, 50, 190, 210}), track(6, {90, 60, 170, 230})}, frame);  // behind another
    write({track(5, {0, 40, 110, 220})}, frame);                                 // cut by the edge
    write({track(5, {100, 60, 190, 205}, TrackState::lost)}, frame);
    const auto rows = finish();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0]["id"], 5);
    EXPECT_EQ(rows[0]["frame"], 1);
    EXPECT_EQ(rows[0]["box"], (std::vector<float>{100, 60, 180, 200}));
    EXPECT_EQ(rows[0]["name"], "person");
    EXPECT_NEAR(rows[0]["time_s"].get<double>(), 0.04, 1e-9);
    EXPECT_EQ(rows[1]["id"], 6);
    auto picture = media::open_source(
        (fs::path(sink_->path()) / rows[0]["file"].get<std::string>()).string(), {});
    ASSERT_TRUE(picture) << picture.error().line();
    const auto read = test::read_all(**picture);
    ASSERT_EQ(read.frames.size(), 1U);
    EXPECT_NEAR(read.frames[0].width, 88, 2) << "with a margin";
    EXPECT_NEAR(read.frames[0].height, 154, 2);
}

TEST_F(Crops, OfTwoAlikeTheSharperIsKept) {
    begin();
    const Box box{100, 60, 180, 200};
    for (int i = 0; i < 30; ++i) write({track(1, box)}, striped(i == 10 ? 1 : 16));
    const auto rows = finish();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["frame"], 10);
    EXPECT_GT(sharpness(*crop(striped(1), box)), 2 * sharpness(*crop(striped(16), box)));
}

TEST_F(Crops, WhatComesBackBetterTakesItsPlace) {
    begin();
    const Frame frame = striped(2);
    write({track(1, {100, 100, 130, 160})}, frame);
    for (int i = 0; i < 400; ++i) write({}, frame);  // by then its picture was put away
    write({track(1, {100, 60, 180, 200})}, frame);
    const auto rows = finish();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0]["frame"], 401);
    auto picture = media::open_source((fs::path(sink_->path()) / "track-1.jpg").string(), {});
    ASSERT_TRUE(picture);
    EXPECT_GT((*picture)->info().height, 140);
}

TEST_F(Crops, ATrackOutsideOfThePictureHasNone) {
    begin();
    write({track(1, {-50, -50, -10, -10}), track(2, {10, 10, 60, 60})}, striped(2));
    EXPECT_EQ(finish().size(), 1U);
    EXPECT_FALSE(fs::exists(fs::path(sink_->path()) / "track-1.jpg"));
}

TEST_F(Crops, WhatIsCoveredIsCoveredInItsPicture) {
    begin();
    const Box box{100, 60, 180, 200};
    Redactor redactor(CoverStyle::fill);
    const auto covered = redactor.redact(striped(1), std::vector<Box>{{80, 40, 200, 220}});
    ASSERT_TRUE(covered);
    write({track(1, box)}, *covered);
    ASSERT_EQ(finish().size(), 1U);
    auto picture = media::open_source((fs::path(sink_->path()) / "track-1.jpg").string(), {});
    ASSERT_TRUE(picture);
    const auto read = test::read_all(**picture);
    ASSERT_EQ(read.frames.size(), 1U);
    const Frame& frame = read.frames[0];
    for (int y = 0; y < frame.height; ++y) {
        for (int x = 0; x < frame.width; ++x) {
            const int luma = frame.planes[0].data[y * frame.planes[0].stride + x];
            ASSERT_NEAR(luma, frame.planes[0].data[0], 2) << x << "," << y;
        }
    }
}

}  // namespace
}  // namespace saccade::sink
