#include "sink/canvas.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "support/painted_canvas.h"

namespace saccade::sink {
namespace {

constexpr Rgb red{255, 0, 0};

class CanvasTest : public testing::Test {
  protected:
    void prepare(int width, int height) {
        picture_.resize(width, height);
        for (std::size_t c = 0; c < 3; ++c) {
            const PlaneView& plane = picture_.plane(c);
            std::memset(plane.data, 100, static_cast<std::size_t>(plane.stride * plane.height));
        }
    }
    int luma(int x, int y) { return picture_.plane(0).row(y)[x]; }
    int chroma(int x, int y) { return picture_.plane(2).row(y)[x]; }
    /// Coverage that a chroma code tells of, 0 to 1.
    double covered(int x, int y) {
        return (chroma(x, y) - 100.0) / (to_yuv(red, picture_.color)[2] - 100.0);
    }

    Picture picture_;
};

TEST_F(CanvasTest, FillCoversItsPixelsAndChromaByArea) {
    std::mt19937 random(1);
    for (int i = 0; i < 200; ++i) {
        prepare(21, 13);
        const auto number = [&](int limit) {
            return static_cast<int>(random() % static_cast<unsigned>(limit + 10)) - 5;
        };
        const Rect r{number(21), number(13), number(21), number(13)};
        test::PaintedCanvas(picture_).fill(r, red);
        const auto inside = [&](int x, int y) {
            return x < 21 && y < 13 && x >= r.left && x < r.right && y >= r.top && y < r.bottom;
        };
        for (int y = 0; y < 13; ++y) {
            for (int x = 0; x < 21; ++x) {
                ASSERT_EQ(luma(x, y), inside(x, y) ? to_yuv(red, picture_.color)[0] : 100);
            }
        }
        for (int y = 0; y < 7; ++y) {
            for (int x = 0; x < 11; ++x) {
                const int four = inside(2 * x, 2 * y) + inside(2 * x + 1, 2 * y) +
                                 inside(2 * x, 2 * y + 1) + inside(2 * x + 1, 2 * y + 1);
                ASSERT_NEAR(covered(x, y), four / 4.0, 0.01) << x << "," << y;
            }
        }
    }
}

TEST_F(CanvasTest, OutlineIsAFrameOfItsThickness) {
    prepare(40, 30);
    test::PaintedCanvas(picture_).outline({10, 5, 30, 25}, 3, red);
    const int painted = to_yuv(red, picture_.color)[0];
    for (int y = 0; y < 30; ++y) {
        for (int x = 0; x < 40; ++x) {
            const bool outer = x >= 10 && x < 30 && y >= 5 && y < 25;
            const bool inner = x >= 13 && x < 27 && y >= 8 && y < 22;
            ASSERT_EQ(luma(x, y), outer && !inner ? painted : 100) << x << "," << y;
        }
    }
    prepare(40, 30);
    test::PaintedCanvas(picture_).outline({10, 5, 12, 6}, 30, red);  // thicker than the box
    EXPECT_EQ(luma(11, 5), painted);
    EXPECT_EQ(luma(12, 5), 100);
}

TEST_F(CanvasTest, BlendClipsAtEveryEdge) {
    const std::vector<std::uint8_t> full(16, 255);
    for (int y = -5; y <= 13; ++y) {
        for (int x = -5; x <= 21; ++x) {
            prepare(21, 13);
            test::PaintedCanvas(picture_).blend({full, 4, 4}, x, y, red);
            int painted = 0;
            for (int py = 0; py < 13; ++py) {
                for (int px = 0; px < 21; ++px) painted += luma(px, py) != 100 ? 1 : 0;
            }
            const int w = std::max(0, std::min(x + 4, 21) - std::max(x, 0));
            const int h = std::max(0, std::min(y + 4, 13) - std::max(y, 0));
            ASSERT_EQ(painted, w * h) << x << "," << y;
        }
    }
}

TEST_F(CanvasTest, PolylineFadesToItsBeginningAndHasItsWidth) {
    prepare(101, 41);
    const std::vector<Point> points = {{10, 20}, {50, 20}, {90, 20}};
    test::PaintedCanvas(picture_).polyline(points, 5, red);
    const int painted = to_yuv(red, picture_.color)[0];
    EXPECT_NEAR(luma(88, 20), painted, 2);  // near the end: nearly whole
    EXPECT_NEAR(luma(50, 20), (100 + painted) / 2, 3);
    EXPECT_NEAR(luma(11, 20), 100, 3);
    EXPECT_NE(luma(70, 18), 100);
    EXPECT_EQ(luma(70, 24), 100);
    EXPECT_EQ(luma(70, 15), 100);
}

TEST_F(CanvasTest, PolylineTakesAnyCoordinates) {
    prepare(33, 17);
    {
        test::PaintedCanvas canvas(picture_);
        const std::vector<Point> far = {{-3e38F, 1e30F}, {3e38F, -1e30F}, {5, 5}, {5, 5}};
        canvas.polyline(far, 3, red);
        canvas.polyline(std::span(far).first(1), 3, red);
        const std::vector<Point> outside = {{-50, -50}, {-40, -60}};
        canvas.polyline(outside, 3, red);
    }
    EXPECT_EQ(luma(32, 16), 100);
}

}  // namespace
}  // namespace saccade::sink
