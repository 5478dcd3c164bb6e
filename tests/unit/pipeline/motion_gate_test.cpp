#include "pipeline/motion_gate.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

namespace saccade::pipeline {
namespace {

using namespace std::chrono_literals;

/// A camera at 25 Hz: a grey scene with noise of its own in every frame.
class Scene {
  public:
    Scene(int width, int height, double noise) : width_(width), height_(height), noise_(1 << 16) {
        std::normal_distribution<double> level(0, noise);
        for (double& one : noise_) one = noise > 0 ? level(random_) : 0;
    }
    Frame next(std::chrono::nanoseconds step = 40ms) {
        auto pixels = std::make_shared<std::vector<std::uint8_t>>(
            static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_));
        std::size_t at = random_();
        for (int y = 0; y < height_; ++y) {
            for (int x = 0; x < width_; ++x) {
                const bool in = x >= x_ && x < x_ + side && y >= 40 && y < 40 + side;
                const double value = 100.0 + light + (in ? contrast : 0) +
                                     20 * ((x / 16 + y / 16) % 2) + noise_[at++ % noise_.size()];
                (*pixels)[static_cast<std::size_t>(y * width_ + x)] =
                    static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
            }
        }
        Frame frame;
        frame.width = width_;
        frame.height = height_;
        frame.format = PixelFormat::gray8;
        frame.planes[0] = {pixels->data(), width_};
        frame.owner = pixels;
        time_ += step;
        frame.pts = time_;
        return frame;
    }
    void move_to(int x) { x_ = x; }

    int side = 24;
    double contrast = 0, light = 0;

  private:
    const int width_, height_;
    std::mt19937 random_{5};
    std::vector<double> noise_;
    int x_ = 40;
    Timestamp time_{0};
};

/// How many of the frames are looked at.
int looks(MotionGate& gate, Scene& scene, int frames) {
    int count = 0;
    for (int i = 0; i < frames; ++i) count += gate.looks(scene.next(), false) ? 1 : 0;
    return count;
}

class EachNoise : public testing::TestWithParam<double> {};

TEST_P(EachNoise, ClosesOnAStillSceneAndLooksNowAndThen) {
    MotionGate gate({.look_every = 2s, .settle = 500ms});
    Scene scene(640, 360, GetParam());
    EXPECT_GE(looks(gate, scene, 13), 12);  // half a second
    // Then once in two seconds, which are 50 frames. (A cell in a million is noisier than that.)
    EXPECT_NEAR(looks(gate, scene, 500), 10, 1);
    EXPECT_LE(gate.noise(), GetParam());
}

TEST_P(EachNoise, OpensWithTheFrameThatMoves) {
    MotionGate gate({.look_every = 1h, .settle = 200ms});
    Scene scene(640, 360, GetParam());
    looks(gate, scene, 20);
    ASSERT_FALSE(gate.looks(scene.next(), false));
    scene.contrast = 25;  // somebody is there
    EXPECT_TRUE(gate.looks(scene.next(), false));
    looks(gate, scene, 20);
    ASSERT_FALSE(gate.looks(scene.next(), false));
    scene.move_to(64);
    EXPECT_TRUE(gate.looks(scene.next(), false));
    looks(gate, scene, 20);
    scene.contrast = 0;  // and is gone
    EXPECT_TRUE(gate.looks(scene.next(), false));
}

INSTANTIATE_TEST_SUITE_P(Noise, EachNoise, testing::Values(0.0, 2.0, 8.0));

TEST(MotionGate, SeesWhatMovesEverSoSlowly) {
    MotionGate gate({.look_every = 1h, .settle = 40ms});
    Scene scene(640, 360, 2);
    scene.contrast = 60;
    looks(gate, scene, 10);
    int count = 0;
    for (int x = 40; x < 140; ++x) {  // five pixels in a second
        scene.move_to(x);
        count += looks(gate, scene, 5);
    }
    EXPECT_GE(count, 20);
}

TEST(MotionGate, TakesTheLightForNoMotion) {
    MotionGate gate({.look_every = 1h, .settle = 40ms});
    Scene scene(640, 360, 2);
    looks(gate, scene, 10);
    for (int i = 0; i < 40; ++i) {
        scene.light = i;
        EXPECT_FALSE(gate.looks(scene.next(), false)) << i;
    }
}

TEST(MotionGate, LooksWhereItMustAndWhereTimeWasLost) {
    MotionGate gate({.look_every = 1h, .settle = 40ms});
    Scene scene(320, 180, 0);
    looks(gate, scene, 10);
    EXPECT_FALSE(gate.looks(scene.next(), false));
    EXPECT_TRUE(gate.looks(scene.next(), true));
    EXPECT_FALSE(gate.looks(scene.next(), false));
    EXPECT_TRUE(gate.looks(scene.next(900ms), false));
    EXPECT_FALSE(gate.looks(scene.next(), false));
    Scene other(330, 180, 0);
    EXPECT_TRUE(gate.looks(other.next(), false));
}

TEST(MotionGate, LooksAtWhatItCantSee) {
    MotionGate gate({});
    Frame frame;
    frame.width = 640;
    frame.height = 360;
    frame.memory = MemoryKind::cuda;
    for (int i = 0; i < 50; ++i) {
        frame.pts += 40ms;
        EXPECT_TRUE(gate.looks(frame, false));
    }
}

TEST(MotionGate, TakesPicturesOfAnySizeAndFormat) {
    std::vector<std::uint8_t> bytes(std::size_t{64} * 64 * 4, 7);
    for (const PixelFormat format : {PixelFormat::i420, PixelFormat::rgb24, PixelFormat::p010,
                                     PixelFormat::i444p10, PixelFormat::gray8}) {
        for (const auto& [width, height] :
             {std::pair{1, 1}, {1, 64}, {64, 1}, {13, 25}, {64, 64}}) {
            MotionGate gate({.look_every = 1h, .settle = 1ns});
            Frame frame;
            frame.width = width;
            frame.height = height;
            frame.format = format;
            frame.planes[0] = {bytes.data(), 256};
            frame.pts = 40ms;
            EXPECT_TRUE(gate.looks(frame, false));
            frame.pts = 80ms;
            EXPECT_FALSE(gate.looks(frame, false)) << width << "x" << height;
        }
    }
}

}  // namespace
}  // namespace saccade::pipeline
