#include "media/orientation.h"

#include <gtest/gtest.h>

extern "C" {
#include <libavutil/display.h>
}

#include <random>
#include <vector>

namespace saccade::media {
namespace {

TEST(Orientation, ComesFromTheDisplayMatrix) {
    const struct {
        double angle;
        bool hflip, vflip;
        Orientation expected;
    } cases[] = {
        {0, false, false, {}},
        {90, false, false, {true, true, false}},  // clockwise: the left column comes out on top
        {180, false, false, {false, true, true}},
        {270, false, false, {true, false, true}},
        {-90, false, false, {true, false, true}},
        {0, true, false, {false, true, false}},
        {0, false, true, {false, false, true}},
        {88, false, false, {true, true, false}},  // rounded to the nearest right angle
        {3, false, false, {}},
    };
    for (const auto& c : cases) {
        std::int32_t matrix[9];
        av_display_rotation_set(matrix, c.angle);
        av_display_matrix_flip(matrix, c.hflip ? 1 : 0, c.vflip ? 1 : 0);
        EXPECT_EQ(orientation_of(matrix), c.expected) << c.angle;
    }
    const std::int32_t none[9] = {};
    EXPECT_TRUE(orientation_of(none).upright());
}

/// Every pixel through the matrix itself: x' = a x + c y, y' = b x + d y, moved into the picture.
TEST(Orientation, MovesEachElementAsTheMatrixSays) {
    std::minstd_rand random(1);
    for (const int angle : {0, 90, 180, 270}) {
        for (const bool mirror : {false, true}) {
            std::int32_t fixed[9];
            av_display_rotation_set(fixed, angle);
            if (mirror) av_display_matrix_flip(fixed, 1, 0);
            const int a = fixed[0] >> 16, b = fixed[1] >> 16, c = fixed[3] >> 16,
                      d = fixed[4] >> 16;
            const Orientation o = orientation_of(fixed);
            for (const auto& [w, h] : {std::pair{1, 1}, {37, 70}, {64, 33}, {1, 40}, {100, 1}}) {
                for (const int bytes : {1, 2, 3, 4}) {
                    const int source_stride = w * bytes + 5;
                    std::vector<std::uint8_t> source(static_cast<std::size_t>(source_stride * h));
                    for (auto& byte : source) byte = static_cast<std::uint8_t>(random());
                    const int tw = o.transpose ? h : w, th = o.transpose ? w : h;
                    const int target_stride = tw * bytes + 3;
                    std::vector<std::uint8_t> target(static_cast<std::size_t>(target_stride * th),
                                                     0xEE);
                    orient_plane(source.data(), source_stride, {w, h, bytes}, o, target.data(),
                                 target_stride);
                    int wrong = 0;
                    for (int y = 0; y < h; ++y) {
                        for (int x = 0; x < w; ++x) {
                            int tx = a * x + c * y, ty = b * x + d * y;
                            if (a + c < 0) tx += tw - 1;
                            if (b + d < 0) ty += th - 1;
                            for (int k = 0; k < bytes; ++k) {
                                wrong += source[static_cast<std::size_t>(source_stride * y +
                                                                         x * bytes + k)] !=
                                         target[static_cast<std::size_t>(target_stride * ty +
                                                                         tx * bytes + k)];
                            }
                        }
                    }
                    EXPECT_EQ(wrong, 0) << angle << " " << mirror << " " << w << "x" << h;
                    for (int y = 0; y < th; ++y) {  // the padding is not touched
                        for (int k = tw * bytes; k < target_stride; ++k) {
                            ASSERT_EQ(target[static_cast<std::size_t>(target_stride * y + k)],
                                      0xEE);
                        }
                    }
                }
            }
        }
    }
}

TEST(Orientation, ReadsBottomUpPlanes) {
    const std::uint8_t rows[2][3] = {{4, 5, 6}, {1, 2, 3}};
    std::uint8_t target[6];
    orient_plane(rows[1], -3, {3, 2, 1}, {}, target, 3);
    const std::uint8_t expected[6] = {1, 2, 3, 4, 5, 6};
    EXPECT_TRUE(std::equal(target, target + 6, expected));
}

TEST(PlaneSize, RoundsChromaUp) {
    const PlaneSize uv = plane_size(PixelFormat::p010, 37, 21, 1);
    EXPECT_EQ(uv.width, 19);
    EXPECT_EQ(uv.height, 11);
    EXPECT_EQ(uv.element_bytes, 4);
    const PlaneSize v = plane_size(PixelFormat::i422p10, 37, 21, 2);
    EXPECT_EQ(v.width, 19);
    EXPECT_EQ(v.height, 21);
    EXPECT_EQ(v.element_bytes, 2);
    EXPECT_EQ(plane_size(PixelFormat::rgb24, 5, 4, 0).element_bytes, 3);
}

}  // namespace
}  // namespace saccade::media
