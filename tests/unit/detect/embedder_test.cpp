#include "detect/embedder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <random>
#include <thread>

#include "model/synthetic_detector.h"
#include "support/reid_model.h"
#include "support/temp_dir.h"
#include "unit/vision/frames.h"

namespace saccade::detect {
namespace {

using test::ReidModel;
using Output = ReidModel::Output;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr double imagenet_mean[] = {0.485, 0.456, 0.406}, imagenet_std[] = {0.229, 0.224, 0.225};

/// The part of a frame that a box is to be taken from.
struct Part {
    int x, y, width, height;
};

Part part_of(const Frame& frame, const Box& box) {
    const PixelLayout layout = layout_of(frame.format);
    const auto low = [](float at, int shift) {
        const int whole = static_cast<int>(std::floor(std::max(at, 0.0F)));
        return shift > 0 ? whole - whole % 2 : whole;
    };
    const int x = low(box.x1, layout.chroma_shift_x), y = low(box.y1, layout.chroma_shift_y);
    return {x, y, std::min(frame.width, static_cast<int>(std::ceil(box.x2))) - x,
            std::min(frame.height, static_cast<int>(std::ceil(box.y2))) - y};
}

/// A component at a point among its own samples, first of them and number of them given.
double between(const Frame& frame, int component, double x, double y, int x0, int y0, int columns,
               int rows) {
    x = std::clamp(x, 0.0, columns - 1.0);
    y = std::clamp(y, 0.0, rows - 1.0);
    const int left = static_cast<int>(x), top = static_cast<int>(y);
    const int right = std::min(left + 1, columns - 1), bottom = std::min(top + 1, rows - 1);
    const auto at = [&](int cx, int cy) {
        return test::sample(frame, component, x0 + cx, y0 + cy);
    };
    const double above = at(left, top) * (1 - x + left) + at(right, top) * (x - left);
    const double below = at(left, bottom) * (1 - x + left) + at(right, bottom) * (x - left);
    return above * (1 - y + top) + below * (y - top);
}

/// RGB in [0, 1] at a point of a part, by ITU-R BT.709 (limited range, chroma on even columns).
std::array<double, 3> color_at(const Frame& frame, const Part& part, double x, double y) {
    const PixelLayout layout = layout_of(frame.format);
    x = std::clamp(x, 0.0, part.width - 1.0);
    y = std::clamp(y, 0.0, part.height - 1.0);
    const auto full = [&](int component) {
        return between(frame, component, x, y, part.x, part.y, part.width, part.height);
    };
    if (frame.format == PixelFormat::rgb24) return {full(0) / 255, full(1) / 255, full(2) / 255};
    if (frame.format == PixelFormat::gray8) return {full(0) / 255, full(0) / 255, full(0) / 255};
    const double unit = layout.depth == 10 ? 4 : 1;
    const int sx = layout.chroma_shift_x, sy = layout.chroma_shift_y;
    const auto chroma = [&](int component) {
        return between(frame, component, sx > 0 ? x / 2 : x, sy > 0 ? (y - 0.5) / 2 : y,
                       part.x >> sx, part.y >> sy, (part.width + sx) >> sx,
                       (part.height + sy) >> sy) /
               unit;
    };
    const double luma = (full(0) / unit - 16) / 219;
    const double cb = (chroma(1) - 128) / 224, cr = (chroma(2) - 128) / 224;
    const double r = luma + 1.5748 * cr, b = luma + 1.8556 * cb;
    const double g = (luma - 0.2126 * r - 0.0722 * b) / 0.7152;
    return {std::clamp(r, 0.0, 1.0), std::clamp(g, 0.0, 1.0), std::clamp(b, 0.0, 1.0)};
}

/// What the network of quadrants says of a part stretched to 16 x 32, of length 1.
std::vector<double> reference(const Frame& frame, const Part& part) {
    std::vector<double> sums(12);
    for (int row = 0; row < 32; ++row) {
        for (int column = 0; column < 16; ++column) {
            const auto color = color_at(frame, part, (column + 0.5) * part.width / 16 - 0.5,
                                        (row + 0.5) * part.height / 32 - 0.5);
            for (std::size_t c = 0; c < 3; ++c) {
                const auto quadrant = static_cast<std::size_t>(row / 16 * 2 + column / 8);
                sums[4 * c + quadrant] += (color[c] - imagenet_mean[c]) / imagenet_std[c];
            }
        }
    }
    double length = 0;
    for (const double sum : sums) length += sum * sum;
    for (double& sum : sums) sum /= std::sqrt(length);
    return sums;
}

std::vector<Detection> detections_at(const std::vector<Box>& boxes) {
    std::vector<Detection> detections;
    for (const Box& box : boxes) detections.push_back({box, 0.9F, 0});
    return detections;
}

class EmbedderTest : public testing::Test {
  protected:
    EmbedderOptions options_for(const ReidModel& reid, int batch = 4) {
        EmbedderOptions options;
        options.model = test::write_reid_model(folder_ / "reid.onnx", reid);
        options.backend.threads = 1;
        options.backend.max_batch = batch;
        return options;
    }
    std::unique_ptr<Embedder> make(const ReidModel& reid, int batch = 4) {
        auto made = Embedder::load(options_for(reid, batch));
        EXPECT_TRUE(made) << made.error().line();
        return made ? std::move(*made) : nullptr;
    }
    Error error_of(const EmbedderOptions& options) {
        const auto made = Embedder::load(options);
        EXPECT_FALSE(made);
        return made ? Error{} : made.error();
    }

    test::TempDir folder_;
    std::mt19937 random_{7};
};

const std::vector<Box> some_boxes{
    {10.3F, 7.7F, 35.2F, 40.1F},   // among pixels
    {11, 13, 30, 40},              // on odd ones
    {-5, -3, 12.5F, 9},            // over the left and upper edge
    {50, 30, 80, 60},              // over the right and lower edge
    {0, 0, 61, 47},                // all of it
    {20.4F, 21.4F, 20.6F, 21.6F},  // within one pixel
    {60, 46, 61, 47},              // the last pixel
};

TEST_F(EmbedderTest, EveryFormatAndBoxGivesWhatTheReferenceGives) {
    const auto embedder = make({});
    ASSERT_EQ(embedder->dimension(), 12U);
    const auto detections = detections_at(some_boxes);
    std::vector<float> rows;
    for (const PixelFormat format : test::all_formats) {
        const Frame frame = test::random_frame(format, 61, 47, random_);
        const auto done = embedder->embed(frame, detections, rows);
        ASSERT_TRUE(done) << done.error().line();
        ASSERT_EQ(rows.size(), some_boxes.size() * 12);
        for (std::size_t i = 0; i < some_boxes.size(); ++i) {
            const auto want = reference(frame, part_of(frame, some_boxes[i]));
            double length = 0;
            for (std::size_t k = 0; k < 12; ++k) {
                const float got = rows[12 * i + k];
                EXPECT_NEAR(got, want[k], 2e-3)
                    << "format " << static_cast<int>(format) << " box " << i << " number " << k;
                length += static_cast<double>(got) * got;
            }
            EXPECT_NEAR(length, 1, 1e-5);
        }
    }
}

TEST_F(EmbedderTest, ChunksChangeNothing) {
    const Frame frame = test::random_frame(PixelFormat::nv12, 61, 47, random_);
    const auto detections = detections_at(some_boxes);
    std::vector<float> reference_rows, rows;
    ASSERT_TRUE(make({}, 1)->embed(frame, detections, reference_rows));
    for (const int batch : {2, 3, 7, 16}) {
        const auto embedder = make({}, batch);
        for (int again = 0; again < 2; ++again) {
            ASSERT_TRUE(embedder->embed(frame, detections, rows));
            EXPECT_EQ(rows, reference_rows) << batch;
        }
    }
}

TEST_F(EmbedderTest, BoxesThatShowNothingHaveZerosInTheirPlace) {
    const auto embedder = make({}, 2);
    const Frame frame = test::random_frame(PixelFormat::i420, 61, 47, random_);
    const std::vector<Box> boxes{{10, 10, 20, 20}, {nan, 0, 9, 9}, {5, 5, 5, 9},  {70, 10, 90, 20},
                                 {8, 8, 30, 30},   {9, 9, 3, 3},   {0, -9, 9, 0}, {1, 1, 40, 40}};
    std::vector<float> rows, seen;
    ASSERT_TRUE(embedder->embed(frame, detections_at(boxes), rows));
    ASSERT_TRUE(embedder->embed(frame, detections_at({boxes[0], boxes[4], boxes[7]}), seen));
    for (std::size_t i = 0, next = 0; i < boxes.size(); ++i) {
        const bool shows = i == 0 || i == 4 || i == 7;
        for (std::size_t k = 0; k < 12; ++k) {
            EXPECT_EQ(rows[12 * i + k], shows ? seen[12 * next + k] : 0.0F) << i;
        }
        next += shows ? 1 : 0;
    }
    ASSERT_TRUE(embedder->embed(frame, detections_at({boxes[1], boxes[2]}), rows));
    EXPECT_EQ(rows, std::vector<float>(24));
    ASSERT_TRUE(embedder->embed(frame, {}, rows));
    EXPECT_TRUE(rows.empty());
}

TEST_F(EmbedderTest, ThreadsShareOneNetwork) {
    const auto embedder = make({});
    const auto detections = detections_at(some_boxes);
    std::vector<Frame> frames;
    std::vector<std::vector<float>> alone(4);
    for (std::size_t i = 0; i < 4; ++i) {
        frames.push_back(test::random_frame(PixelFormat::i420, 61, 47, random_));
        ASSERT_TRUE(embedder->embed(frames[i], detections, alone[i]));
    }
    std::atomic<int> different{0};
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] {
                std::vector<float> rows;
                for (int again = 0; again < 20; ++again) {
                    if (!embedder->embed(frames[i], detections, rows) || rows != alone[i]) {
                        ++different;
                    }
                }
            });
        }
    }
    EXPECT_EQ(different, 0);
}

TEST_F(EmbedderTest, FixedBatchesAreFreedWhereTheGraphAllows) {
    const Frame frame = test::random_frame(PixelFormat::rgb24, 61, 47, random_);
    std::vector<float> want, rows;
    ASSERT_TRUE(make({})->embed(frame, detections_at(some_boxes), want));
    for (const std::int64_t batch : {1, 5}) {
        const auto embedder = make({.batch = batch});
        ASSERT_TRUE(embedder);
        ASSERT_TRUE(embedder->embed(frame, detections_at(some_boxes), rows));
        EXPECT_EQ(rows, want) << batch;
    }
    const Error error = error_of(options_for({.output = Output::tied, .batch = 5}));
    EXPECT_EQ(error.code, ErrorCode::unsupported);
    EXPECT_NE(error.message.find("fixed at 5"), std::string::npos) << error.line();
}

TEST_F(EmbedderTest, MetadataSaysHowColoursAreNormalised) {
    const Frame frame = test::make_frame(PixelFormat::rgb24, 20, 20, [](int, int column, int) {
        return std::array{255, 102, 51}[static_cast<std::size_t>(column % 3)];
    });
    const auto embedder = make(
        {.output = Output::mean, .metadata = {{"mean", "[0, 0.2, 0]"}, {"std", "(1, 0.5,0.25)"}}});
    ASSERT_EQ(embedder->dimension(), 3U);
    std::vector<float> rows;
    ASSERT_TRUE(embedder->embed(frame, detections_at({{2, 2, 18, 18}}), rows));
    const double length = std::sqrt(1 + 0.4 * 0.4 + 0.8 * 0.8);
    EXPECT_NEAR(rows[0], 1 / length, 1e-3);
    EXPECT_NEAR(rows[1], 0.4 / length, 1e-3);
    EXPECT_NEAR(rows[2], 0.8 / length, 1e-3);

    for (const char* wrong : {"", "1, 2", "1, 2, 3, 4", "a b c", "1, nan, 1", "0.5,0.5,0.5x"}) {
        const Error error = error_of(options_for({.metadata = {{"mean", wrong}}}));
        EXPECT_EQ(error.code, ErrorCode::corrupt) << wrong;
    }
    EXPECT_EQ(error_of(options_for({.metadata = {{"std", "1, 0, 1"}}})).code, ErrorCode::corrupt);
}

TEST_F(EmbedderTest, SizesThatAreLeftOpenBecomeThoseOfThePublishedNetworks) {
    test::ReidModel open{.output = Output::mean, .height = -1, .width = -1};
    const auto spec = read_embedding_spec(*model::OnnxModel::load(options_for(open).model));
    ASSERT_TRUE(spec);
    EXPECT_EQ(spec->network.height, 256);
    EXPECT_EQ(spec->network.width, 128);
    const auto embedder = make(open);
    std::vector<float> rows;
    const Frame frame = test::random_frame(PixelFormat::i420, 61, 47, random_);
    ASSERT_TRUE(embedder->embed(frame, detections_at(some_boxes), rows));
    EXPECT_EQ(rows.size(), 3 * some_boxes.size());
}

TEST_F(EmbedderTest, WhatIsNoReidNetworkIsRefused) {
    const auto expect_refused = [&](const EmbedderOptions& options, const char* what) {
        const Error error = error_of(options);
        EXPECT_EQ(error.code, ErrorCode::unsupported);
        EXPECT_NE(error.message.find(what), std::string::npos) << error.line();
    };
    expect_refused(options_for({.output = Output::map}), "output is [?,3,2,2]");
    EmbedderOptions options = options_for({});
    options.model = *model::write_synthetic_detector(folder_.path());
    expect_refused(options, "synthetic.onnx: not a ReID network: its output is [?,7,?]");

    options.model = folder_ / "missing.onnx";
    EXPECT_EQ(error_of(options).code, ErrorCode::not_found);
    test::write_file(folder_ / "text.onnx", "this is no network");
    options.model = folder_ / "text.onnx";
    EXPECT_EQ(error_of(options).code, ErrorCode::corrupt);
}

TEST_F(EmbedderTest, WhatCannotBeSeenOrUsedIsAnError) {
    const auto embedder = make({.output = Output::infinite});
    const Frame frame = test::random_frame(PixelFormat::i420, 61, 47, random_);
    std::vector<float> rows;
    const auto infinite = embedder->embed(frame, detections_at(some_boxes), rows);
    ASSERT_FALSE(infinite);
    EXPECT_NE(infinite.error().message.find("not finite"), std::string::npos);

    Frame elsewhere = frame;
    elsewhere.memory = MemoryKind::cuda;
    const auto device = embedder->embed(elsewhere, detections_at(some_boxes), rows);
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, ErrorCode::unsupported);

    const auto none = embedder->embed(Frame{}, detections_at(some_boxes), rows);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace saccade::detect
