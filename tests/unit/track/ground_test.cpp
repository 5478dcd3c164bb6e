#include "track/ground.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "track/ground_motion.h"
#include "track/zones.h"

namespace saccade::track {
namespace {

using testing::HasSubstr;

// A camera 6 m above the ground that looks at the horizon in row 100 with 1000 px of focal length:
// a row y shows what is 6000 / (y - 100) m ahead, where a pixel across is a thousandth of that.
double ahead_of(double y) {
    return 6000 / (y - 100);
}
GroundPoint place_of(double x, double y) {
    return {(x - 640) * ahead_of(y) / 1000, ahead_of(y)};
}
Point pixel_at(GroundPoint p) {
    return {static_cast<float>(640 + 1000 * p.x / p.y), static_cast<float>(100 + 6000 / p.y)};
}
constexpr GroundPlane::Matrix homography{6, 0, -3840, 0, 0, 6000, 0, 1, -100};

GroundPlane plane() {
    return GroundPlane::of_homography(homography).value();
}

constexpr std::array<Point, 4> pixels{Point{200, 700}, Point{1100, 700}, Point{800, 300},
                                      Point{400, 300}};
std::array<GroundPoint, 4> metres() {
    std::array<GroundPoint, 4> all;
    for (std::size_t i = 0; i < 4; ++i) all[i] = place_of(pixels[i].x, pixels[i].y);
    return all;
}

TEST(GroundPlane, FourPointsAndTheHomographySayTheSame) {
    const auto by_points = GroundPlane::of_points(pixels, metres());
    ASSERT_TRUE(by_points) << by_points.error().line();
    for (const GroundPlane& ground : {*by_points, plane()}) {
        for (const Point p : {Point{640, 720}, Point{10, 400}, Point{1270, 110}}) {
            const auto found = ground.at(p);
            ASSERT_TRUE(found);
            EXPECT_NEAR(found->x, place_of(p.x, p.y).x, 1e-5 * ahead_of(p.y));
            EXPECT_NEAR(found->y, ahead_of(p.y), 1e-5 * ahead_of(p.y));
            const auto back = ground.pixel_of(*found);
            ASSERT_TRUE(back);
            EXPECT_NEAR(back->x, p.x, 0.01);
            EXPECT_NEAR(back->y, p.y, 0.01);
        }
        EXPECT_TRUE(ground.reaches(1280, 720));
    }
}

TEST(GroundPlane, ScaleAndSignOfTheHomographySayNothing) {
    for (const double factor : {-1.0, 1e-6, -3e5}) {
        GroundPlane::Matrix m = homography;
        for (double& v : m) v *= factor;
        const auto ground = GroundPlane::of_homography(m);
        ASSERT_TRUE(ground);
        EXPECT_NEAR(ground->at(640, 400)->y, 20, 1e-9);
    }
}

TEST(GroundPlane, NothingIsBehindTheHorizon) {
    const GroundPlane ground = plane();
    EXPECT_FALSE(ground.at(640, 99));
    EXPECT_FALSE(ground.at(640, 100));
    EXPECT_FALSE(ground.at(640, 100.9));  // less than a pixel from it
    EXPECT_TRUE(ground.at(640, 102));
    EXPECT_FALSE(ground.pixel_of({0, 0}));   // where the camera stands
    EXPECT_FALSE(ground.pixel_of({0, -5}));  // behind it
    EXPECT_FALSE(ground.reaches(1280, 90));  // a picture of sky alone
}

TEST(GroundPlane, MetresAPixelAreItsDerivative) {
    const GroundPlane ground = plane();
    const auto j = ground.metres_per_pixel({900, 400});
    const double h = 1e-4;
    const auto here = *ground.at(900, 400), right = *ground.at(900 + h, 400),
               down = *ground.at(900, 400 + h);
    EXPECT_NEAR(j[0], (right.x - here.x) / h, 1e-6);
    EXPECT_NEAR(j[1], (down.x - here.x) / h, 1e-6);
    EXPECT_NEAR(j[2], (right.y - here.y) / h, 1e-6);
    EXPECT_NEAR(j[3], (down.y - here.y) / h, 1e-6);
}

std::string refusal(const Result<GroundPlane>& ground) {
    return ground ? "none" : ground.error().message;
}

TEST(GroundPlane, RefusesByName) {
    auto bad = pixels;
    bad[1] = {500, 500};  // on the line from 0 to 2
    EXPECT_THAT(refusal(GroundPlane::of_points(bad, metres())), HasSubstr("degenerate"));
    auto flat = metres();
    flat[2] = flat[3];
    EXPECT_THAT(refusal(GroundPlane::of_points(pixels, flat)), HasSubstr("degenerate"));
    EXPECT_THAT(refusal(GroundPlane::of_homography({1, 2, 3, 2, 4, 6, 0, 0, 1})),
                HasSubstr("degenerate"));
    EXPECT_THAT(refusal(GroundPlane::of_homography({1, 0, 0, 0, 1, 0, 0, 0, NAN})),
                HasSubstr("degenerate"));

    auto mirrored = metres();
    for (GroundPoint& p : mirrored) p.x = -p.x;
    EXPECT_THAT(refusal(GroundPlane::of_points(pixels, mirrored)), HasSubstr("mirrored"));
    // A map from above whose y points down as the picture's does.
    EXPECT_THAT(refusal(GroundPlane::of_homography({0.1, 0, 0, 0, 0.1, 0, 0, 0, 1})),
                HasSubstr("mirrored"));
    EXPECT_TRUE(GroundPlane::of_homography({0.1, 0, 0, 0, -0.1, 0, 0, 0, 1}));

    auto crossed = metres();
    std::swap(crossed[2], crossed[3]);
    EXPECT_THAT(refusal(GroundPlane::of_points(pixels, crossed)), HasSubstr("behind the horizon"));
}

TEST(GroundPlane, AMirroredHomographyShowsInThePicture) {
    GroundPlane::Matrix m = homography;
    m[0] = -m[0], m[2] = -m[2];
    const auto ground = GroundPlane::of_homography(m);
    ASSERT_TRUE(ground);
    EXPECT_FALSE(ground->reaches(1280, 720));
}

TEST(Places, InMetresAreBroughtToThePicture) {
    const GroundPlane ground = plane();
    const auto line = in_pixels(parse_line("-2m,20m,2m,20m:gate").value(), &ground);
    ASSERT_TRUE(line);
    EXPECT_NEAR(line->start.x, 540, 0.01);
    EXPECT_NEAR(line->end.x, 740, 0.01);
    EXPECT_NEAR(line->start.y, 400, 0.01);
    EXPECT_EQ(line->name, "gate");
    const auto zone = in_pixels(parse_zone("0m,10m,1m,10m,1m,20m").value(), &ground);
    ASSERT_TRUE(zone);
    EXPECT_NEAR(zone->corners[0].y, 700, 0.01);
    // Pixels stay what they are, with a ground or without.
    EXPECT_EQ(in_pixels(parse_line("1,2,3,4").value(), &ground)->end.y, 4);
    EXPECT_EQ(in_pixels(parse_line("1,2,3,4").value(), nullptr)->end.y, 4);

    EXPECT_FALSE(parse_line("0m,10,2m,10m"));  // which of them?
    EXPECT_FALSE(parse_line("0mm,10m,2m,10m"));
    const auto without = in_pixels(parse_line("0m,10m,2m,10m").value(), nullptr);
    ASSERT_FALSE(without);
    EXPECT_THAT(without.error().line(), HasSubstr("--ground"));
    EXPECT_FALSE(in_pixels(parse_line("0m,10m,2m,-10m").value(), &ground));
    EXPECT_FALSE(in_pixels(parse_zone("0m,10m,2m,10m,0m,-1m").value(), &ground));
}

/// One person of 1.8 m at a place.
FrameResult frame_at(double time, GroundPoint p, TrackState state = TrackState::confirmed) {
    const Point foot = pixel_at(p);
    const auto height = static_cast<float>(1800 / p.y);
    const Box box{foot.x - 0.2F * height, foot.y - height, foot.x + 0.2F * height, foot.y};
    FrameResult frame;
    frame.width = 1280, frame.height = 720;
    frame.pts = Timestamp(static_cast<Timestamp::rep>(1e9 * time));
    frame.tracks = {{.id = 7, .box = box, .raw_box = box, .state = state}};
    return frame;
}

TEST(GroundMotion, TellsSpeedAndWayAtAnyFrameRate) {
    for (const double rate : {30.0, 6.0, 3.0}) {
        GroundMotion motion(plane());
        FrameResult frame;
        for (int f = 0; f <= 4 * rate; ++f) {  // 1.5 m/s ahead and 0.5 m/s to the left
            const double t = f / rate;
            frame = frame_at(t, {2 - 0.5 * t, 12 + 1.5 * t});
            motion.follow(frame);
            ASSERT_TRUE(frame.tracks[0].ground);
            EXPECT_EQ(frame.tracks[0].ground->moving, t >= 0.3 - 1e-9) << t;
        }
        const GroundState& g = *frame.tracks[0].ground;
        EXPECT_NEAR(g.x, 0, 0.02) << rate;
        EXPECT_NEAR(g.y, 18, 0.05) << rate;
        EXPECT_NEAR(g.velocity_x, -0.5, 0.02) << rate;
        EXPECT_NEAR(g.velocity_y, 1.5, 0.05) << rate;
        EXPECT_NEAR(g.distance, 4 * std::hypot(0.5, 1.5), 0.1) << rate;
    }
}

TEST(GroundMotion, WhoStandsGoesNoWay) {
    GroundMotion motion(plane());
    FrameResult frame;
    for (int f = 0; f < 300; ++f) {  // a box that trembles by 5 cm
        const double t = f / 30.0;
        frame = frame_at(t, {1 + 0.05 * std::sin(40 * t), 15 + 0.05 * std::cos(31 * t)});
        motion.follow(frame);
    }
    EXPECT_LT(frame.tracks[0].ground->distance, 0.3);
    EXPECT_LT(std::abs(frame.tracks[0].ground->velocity_x), 0.2);
}

TEST(GroundMotion, SaysNothingWhereItKnowsNothing) {
    GroundMotion motion(plane());
    FrameResult cut = frame_at(0, {0, 12});
    cut.tracks[0].raw_box.y2 = 719.5F;  // the feet may be below the picture
    motion.follow(cut);
    EXPECT_FALSE(cut.tracks[0].ground);
    FrameResult guess = frame_at(0.1, {0, 12}, TrackState::tentative);
    motion.follow(guess);
    EXPECT_FALSE(guess.tracks[0].ground);
    FrameResult far = frame_at(0.2, {0, 12});
    far.tracks[0].box = far.tracks[0].raw_box = {600, 50, 620, 100};
    motion.follow(far);
    EXPECT_FALSE(far.tracks[0].ground);
    // After 2 s without a place the speed is to be learned anew.
    FrameResult frame = frame_at(1, {0, 12});
    motion.follow(frame);
    frame = frame_at(1.5, {0, 12.5});
    motion.follow(frame);
    EXPECT_TRUE(frame.tracks[0].ground->moving);
    frame = frame_at(4, {0, 30});
    motion.follow(frame);
    EXPECT_FALSE(frame.tracks[0].ground->moving);
    EXPECT_EQ(frame.tracks[0].ground->distance, 0);
}

}  // namespace
}  // namespace saccade::track
