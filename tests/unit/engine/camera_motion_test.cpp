#include "engine/camera_motion.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <thread>

#include "track/camera_motion/camera_motion.h"
#include "unit/vision/frames.h"
#include "vision/small_luma.h"

namespace saccade::engine {
namespace {

/// Cells of noise that a camera passes over.
Frame seen(PixelFormat format, int width, int height, int x0, int y0) {
    const int white = (1 << layout_of(format).depth) - 1;
    return test::make_frame(format, width, height, [&](int plane, int x, int y) {
        if (plane > 0) return white / 2;
        if (format == PixelFormat::rgb24) x /= 3;
        unsigned h = static_cast<unsigned>((x + x0) / 12) * 374761393U +
                     static_cast<unsigned>((y + y0) / 12) * 668265263U;
        h = (h ^ (h >> 13U)) * 1274126177U;
        return static_cast<int>((h >> 16U) & static_cast<unsigned>(white));
    });
}

track::LumaImage whole_luma(const Frame& frame) {
    track::LumaImage luma;
    luma.resize(frame.width, frame.height);
    for (int y = 0; y < frame.height; ++y) {
        for (int x = 0; x < frame.width; ++x) {
            const auto code = [&](int component) {
                return test::sample(frame, component, x, y) >> (layout_of(frame.format).depth - 8);
            };
            luma.row(y)[x] =
                static_cast<std::uint8_t>(frame.format == PixelFormat::rgb24
                                              ? (77 * code(0) + 150 * code(1) + 29 * code(2)) >> 8
                                              : code(0));
        }
    }
    return luma;
}

TEST(FrameMotion, GivesTheBitsOfTheEstimatorThatGoesFrameByFrame) {
    const std::vector<Detection> detections{{{50, 60, 200, 300}, 0.9F, 0}};
    for (const PixelFormat format : test::all_formats) {
        FrameMotion motion;
        track::CameraMotionEstimator estimator;
        std::vector<std::shared_ptr<pipeline::MotionPicture>> pictures;
        std::vector<std::optional<track::CameraMotion>> expected;
        constexpr int count = 4, width = 641, height = 491;
        for (int i = 0; i < count; ++i) {
            const Frame frame = seen(format, width, height, 4 * i, 2 * i);
            const track::LumaImage luma = whole_luma(frame);
            expected.push_back(estimator.estimate(luma.view(), width, height, detections));
            auto picture = motion.take(frame);
            ASSERT_TRUE(picture);
            EXPECT_EQ((*picture)->bytes(), 320U * 245U);
            pictures.push_back(std::move(*picture));
        }
        // In another order, as threads may come, and long after the pictures' pixels went.
        for (int i = count - 1; i >= 0; --i) {
            pictures[static_cast<std::size_t>(i)]->put_by();
            ASSERT_TRUE(motion.prepare(*pictures[static_cast<std::size_t>(i)], detections));
        }
        for (const std::size_t i : {2U, 1U, 3U}) {
            const auto got = motion.between(*pictures[i - 1], *pictures[i]);
            ASSERT_TRUE(expected[i]);
            ASSERT_TRUE(got);
            EXPECT_EQ(std::memcmp(&*got, &*expected[i], sizeof *got), 0)
                << static_cast<int>(format) << " " << i;
        }
    }
}

TEST(FrameMotion, SeesNothingInFramesWithoutPixels) {
    FrameMotion motion;
    Frame gone = seen(PixelFormat::nv12, 64, 48, 0, 0);
    drop_pixels(gone);
    const auto none = motion.take(gone);
    ASSERT_TRUE(none);
    EXPECT_EQ(*none, nullptr);
}

TEST(FrameMotion, PicturesMayOutliveIt) {
    auto motion = std::make_unique<FrameMotion>();
    auto picture = *motion->take(seen(PixelFormat::nv12, 320, 240, 0, 0));
    ASSERT_TRUE(motion->prepare(*picture, {}));
    motion.reset();
    picture.reset();
}

TEST(FrameMotion, SeveralThreadsTakeAndPrepareAtOnce) {
    FrameMotion motion;
    const Frame first = seen(PixelFormat::nv12, 640, 490, 0, 0);
    const Frame second = seen(PixelFormat::nv12, 640, 490, 4, 2);
    const auto once = [&] {
        auto a = *motion.take(first), b = *motion.take(second);
        EXPECT_TRUE(motion.prepare(*a, {}));
        EXPECT_TRUE(motion.prepare(*b, {}));
        return *motion.between(*a, *b);
    };
    const track::CameraMotion expected = once();
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 10; ++i) {
                const track::CameraMotion got = once();
                EXPECT_EQ(std::memcmp(&got, &expected, sizeof got), 0);
            }
        });
    }
}

/// What the kernel does, on the host, against what the host does.
TEST(SmallLuma, PixelsEqualTheShrunkLumaInAllFormats) {
    std::mt19937 random(4);
    for (const PixelFormat format : test::all_formats) {
        for (const auto& [width, height, factor] :
             {std::tuple{1, 1, 1}, {37, 21, 2}, {160, 91, 3}, {61, 203, 5}, {333, 175, 16}}) {
            const Frame frame = test::random_frame(format, width, height, random);
            track::LumaImage small;
            track::shrink(whole_luma(frame).view(), factor, small);
            const vision::SmallLumaJob job = vision::make_small_luma_job(frame, factor);
            ASSERT_EQ(job.width, small.view().width);
            ASSERT_EQ(job.height, small.view().height);
            for (int y = 0; y < job.height; ++y) {
                for (int x = 0; x < job.width; ++x) {
                    ASSERT_EQ(vision::small_luma_pixel(job, x, y), small.row(y)[x])
                        << static_cast<int>(format) << " " << factor << " " << x << "," << y;
                }
            }
        }
    }
}

}  // namespace
}  // namespace saccade::engine
