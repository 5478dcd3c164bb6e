#include "track/camera_motion/camera_motion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace saccade::track {
namespace {

/// A landscape without end: smooth noise at three scales, the same at every call.
float texture(double x, double y) {
    const auto noise = [](long i, long j, unsigned seed) {
        unsigned h = static_cast<unsigned>(i) * 374761393U + static_cast<unsigned>(j) * 668265263U +
                     seed * 2246822519U;
        h = (h ^ (h >> 13U)) * 1274126177U;
        return static_cast<double>((h ^ (h >> 16U)) & 0xFFFFU) / 65535.0;
    };
    double sum = 0;
    unsigned seed = 1;
    for (const double cell : {9.0, 23.0, 61.0}) {
        const double u = x / cell, v = y / cell, fu = std::floor(u), fv = std::floor(v);
        const auto smooth = [](double t) { return t * t * (3 - 2 * t); };
        const double a = smooth(u - fu), b = smooth(v - fv);
        const auto i = static_cast<long>(fu), j = static_cast<long>(fv);
        sum += (1 - b) * ((1 - a) * noise(i, j, seed) + a * noise(i + 1, j, seed)) +
               b * ((1 - a) * noise(i, j + 1, seed) + a * noise(i + 1, j + 1, seed));
        ++seed;
    }
    return static_cast<float>(sum / 3);
}

struct Picture {
    int width, height;
    std::vector<std::uint8_t> data;
    [[nodiscard]] LumaView view() const { return {data.data(), width, height, width}; }
};

/// What a camera sees that is turned by `angle`, zoomed and shifted against the landscape; boxes
/// show a second landscape that moves by itself.
Picture see(int width, int height, double angle, double zoom, double x0, double y0,
            const std::vector<Box>& boxes = {}, double own = 0, double noise = 0) {
    Picture p{width, height, {}};
    std::mt19937 random(5);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            const double cx = x + 0.5, cy = y + 0.5;
            double u = (std::cos(angle) * cx - std::sin(angle) * cy) * zoom + x0;
            double v = (std::sin(angle) * cx + std::cos(angle) * cy) * zoom + y0;
            for (const Box& b : boxes) {
                if (cx > b.x1 && cx < b.x2 && cy > b.y1 && cy < b.y2) {
                    u = cx + 10000 + own, v = cy + 10000 + own / 2;
                }
            }
            const double n = noise * (static_cast<double>(random() % 1000) / 999 - 0.5);
            p.data.push_back(
                static_cast<std::uint8_t>(std::clamp(20 + 210 * texture(u, v) + n, 0.0, 255.0)));
        }
    }
    return p;
}

/// The largest error of a motion over the picture's corners, given the two camera positions.
struct Camera {
    double angle, zoom, x0, y0;
};
double worst(const CameraMotion& m, const Camera& before, const Camera& after, int w, int h) {
    double most = 0;
    for (const auto& [x, y] : {std::pair{0, 0}, {w, 0}, {0, h}, {w, h}}) {
        const double u = (std::cos(before.angle) * x - std::sin(before.angle) * y) * before.zoom +
                         before.x0 - after.x0;
        const double v = (std::sin(before.angle) * x + std::cos(before.angle) * y) * before.zoom +
                         before.y0 - after.y0;
        const double tx = (std::cos(after.angle) * u + std::sin(after.angle) * v) / after.zoom;
        const double ty = (-std::sin(after.angle) * u + std::cos(after.angle) * v) / after.zoom;
        most =
            std::max(most, std::hypot(m.a * x + m.b * y + m.c - tx, m.d * x + m.e * y + m.f - ty));
    }
    return most;
}

TEST(CameraMotion, FindsShiftTurnAndZoom) {
    const Camera still{0, 1, 500, 300};
    for (const Camera& moved :
         {Camera{0, 1, 500, 300}, Camera{0, 1, 503.3, 298.6}, Camera{0, 1, 524, 311},
          Camera{0.01, 1, 500, 300}, Camera{-0.03, 1.02, 510, 295}, Camera{0, 0.97, 495, 305}}) {
        CameraMotionEstimator estimator;
        const auto a = see(320, 240, still.angle, still.zoom, still.x0, still.y0);
        const auto b = see(320, 240, moved.angle, moved.zoom, moved.x0, moved.y0, {}, 0, 6);
        EXPECT_FALSE(estimator.estimate(a.view(), 320, 240, {}));
        const auto motion = estimator.estimate(b.view(), 320, 240, {});
        ASSERT_TRUE(motion) << moved.angle << " " << moved.x0;
        EXPECT_LT(worst(*motion, still, moved, 320, 240), 0.35) << moved.angle << " " << moved.x0;
    }
}

TEST(CameraMotion, IsInPixelsOfTheFrame) {
    // The same scene handed in at a third of the frame's size, and shrunk by itself.
    const Camera still{0, 1, 500, 300}, moved{0.01, 1, 509, 297};
    const auto a = see(960, 720, still.angle, still.zoom, still.x0, still.y0);
    const auto b = see(960, 720, moved.angle, moved.zoom, moved.x0, moved.y0);
    for (const int factor : {1, 3}) {
        LumaImage small_a, small_b;
        shrink(a.view(), factor, small_a);
        shrink(b.view(), factor, small_b);
        CameraMotionEstimator estimator;
        EXPECT_FALSE(estimator.estimate(small_a.view(), 960, 720, {}));
        const auto motion = estimator.estimate(small_b.view(), 960, 720, {});
        ASSERT_TRUE(motion);
        EXPECT_LT(worst(*motion, still, moved, 960, 720), 1.0) << factor;
    }
}

TEST(CameraMotion, MasksDetectionsThatMoveByThemselves) {
    const Camera still{0, 1, 500, 300}, moved{0, 1, 504, 301};
    // Most of the picture is objects, all moving the other way.
    const std::vector<Box> boxes = {{20, 10, 140, 230}, {160, 10, 300, 150}};
    std::vector<Detection> detections;
    for (const Box& b : boxes) detections.push_back({b, 0.9F, 0});
    const auto a = see(320, 240, 0, 1, still.x0, still.y0, boxes, 0);
    const auto b = see(320, 240, 0, 1, moved.x0, moved.y0, boxes, 7);
    CameraMotionEstimator estimator;
    EXPECT_FALSE(estimator.estimate(a.view(), 320, 240, detections));
    const auto motion = estimator.estimate(b.view(), 320, 240, detections);
    ASSERT_TRUE(motion);
    EXPECT_LT(worst(*motion, still, moved, 320, 240), 0.35);
    // Unmasked, the objects' own motion would win.
    CameraMotionEstimator blind;
    EXPECT_FALSE(blind.estimate(a.view(), 320, 240, {}));
    const auto wrong = blind.estimate(b.view(), 320, 240, {});
    EXPECT_TRUE(!wrong || worst(*wrong, still, moved, 320, 240) > 3);
}

TEST(CameraMotion, SaysNothingWhereNothingCanBeTold) {
    CameraMotionEstimator estimator;
    const Picture flat{320, 240, std::vector<std::uint8_t>(320 * 240, 128)};
    EXPECT_FALSE(estimator.estimate(flat.view(), 320, 240, {}));
    EXPECT_FALSE(estimator.estimate(flat.view(), 320, 240, {}));
    // A cut to another place.
    const auto here = see(320, 240, 0, 1, 0, 0), there = see(320, 240, 0, 1, 90000, 70000);
    EXPECT_FALSE(estimator.estimate(here.view(), 320, 240, {}));
    EXPECT_FALSE(estimator.estimate(there.view(), 320, 240, {}));
    // Another size.
    const auto small = see(160, 120, 0, 1, 90000, 70000);
    EXPECT_FALSE(estimator.estimate(small.view(), 160, 120, {}));
    EXPECT_TRUE(estimator.estimate(small.view(), 160, 120, {}));
    estimator.reset();
    EXPECT_FALSE(estimator.estimate(small.view(), 160, 120, {}));
}

TEST(CameraMotion, TakesAnySizeAndAnyBox) {
    const float nan = std::nanf("");
    const std::vector<Detection> odd = {{{nan, 0, 5, 5}, 1, 0},
                                        {{-1e30F, -1e30F, 1e30F, -1e29F}, 1, 0},
                                        {{10, 10, 5, 5}, 1, 0},
                                        {{-50, -50, -10, -10}, 1, 0},
                                        {{1e9F, 1e9F, 2e9F, 2e9F}, 1, 0}};
    for (const auto& [w, h] : {std::pair{1, 1},
                               {3, 700},
                               {700, 3},
                               {17, 17},
                               {64, 64},
                               {65, 129},
                               {320, 1},
                               {40, 1000}}) {
        const auto p = see(w, h, 0, 1, 7, 9);
        CameraMotionEstimator estimator;
        for (int i = 0; i < 3; ++i) {
            const auto motion = estimator.estimate(p.view(), w, h, odd);
            if (!motion) continue;
            EXPECT_LT(worst(*motion, {0, 1, 0, 0}, {0, 1, 0, 0}, w, h), 0.1);
        }
    }
    CameraMotionEstimator estimator;
    EXPECT_FALSE(estimator.estimate({}, 0, 0, {}));
}

TEST(CameraMotion, IsDeterministic) {
    const auto a = see(320, 240, 0, 1, 0, 0), b = see(320, 240, 0.02, 1, 5, 3, {}, 0, 20);
    CameraMotionEstimator one, two;
    for (const auto* p : {&a, &b, &a, &b}) {
        const auto m = one.estimate(p->view(), 320, 240, {});
        const auto n = two.estimate(p->view(), 320, 240, {});
        ASSERT_EQ(m.has_value(), n.has_value());
        if (!m) continue;
        EXPECT_EQ(m->a, n->a);
        EXPECT_EQ(m->b, n->b);
        EXPECT_EQ(m->c, n->c);
        EXPECT_EQ(m->f, n->f);
    }
}

TEST(Shrink, IsTheMeanOfEachBlock) {
    std::mt19937 random(1);
    for (const int factor : {1, 2, 3, 5, 16}) {
        const int w = 16 + static_cast<int>(random() % 600),
                  h = 16 + static_cast<int>(random() % 60);
        Picture p{w, h, {}};
        for (int i = 0; i < w * h; ++i) p.data.push_back(static_cast<std::uint8_t>(random()));
        LumaImage out;
        shrink(p.view(), factor, out);
        ASSERT_EQ(out.view().width, w / factor);
        ASSERT_EQ(out.view().height, h / factor);
        for (int y = 0; y < h / factor; ++y) {
            for (int x = 0; x < w / factor; ++x) {
                double sum = 0;
                for (int i = 0; i < factor * factor; ++i) {
                    sum += p.data[static_cast<std::size_t>((y * factor + i / factor) * w +
                                                           x * factor + i % factor)];
                }
                ASSERT_NEAR(out.view().row(y)[x], sum / (factor * factor), 0.5001);
            }
        }
    }
}

TEST(MotionFitter, FindsTheMotionAmongWrongPairs) {
    std::mt19937 random(2);
    const auto any = [&](float size) { return size * static_cast<float>(random() % 1000) / 999; };
    std::vector<FlowPair> pairs;
    for (int i = 0; i < 100; ++i) {
        const Point p{any(640), any(360)};
        if (i % 2 == 0) {
            pairs.push_back({p, {any(640), any(360)}});
        } else {
            pairs.push_back({p, {0.99F * p.x - 0.02F * p.y + 7, 0.02F * p.x + 0.99F * p.y - 3}});
        }
    }
    MotionFitter fitter;
    const auto m = fitter.fit(pairs);
    ASSERT_TRUE(m);
    EXPECT_NEAR(m->a, 0.99, 1e-3);
    EXPECT_NEAR(m->b, -0.02, 1e-3);
    EXPECT_NEAR(m->c, 7, 0.2);
    EXPECT_NEAR(m->d, 0.02, 1e-3);
    EXPECT_NEAR(m->e, 0.99, 1e-3);
    EXPECT_NEAR(m->f, -3, 0.2);
    pairs.resize(8);
    EXPECT_FALSE(fitter.fit(pairs));
    const std::vector<FlowPair> same(50, FlowPair{{5, 5}, {6, 6}});
    EXPECT_FALSE(fitter.fit(same));
}

}  // namespace
}  // namespace saccade::track
