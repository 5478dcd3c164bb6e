// Pictures as JPEG, read again by the decoder: sizes and colours survive.
#include "media/jpeg.h"

#include <gtest/gtest.h>

#include "media/source.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

/// One colour in i420.
Frame plain(int width, int height, std::array<std::uint8_t, 3> yuv, ColorSpec color) {
    const int cw = (width + 1) / 2, ch = (height + 1) / 2;
    auto bytes = std::make_shared<std::vector<std::uint8_t>>();
    bytes->insert(bytes->end(), static_cast<std::size_t>(width * height), yuv[0]);
    bytes->insert(bytes->end(), static_cast<std::size_t>(cw * ch), yuv[1]);
    bytes->insert(bytes->end(), static_cast<std::size_t>(cw * ch), yuv[2]);
    Frame frame;
    frame.width = width, frame.height = height, frame.color = color;
    frame.planes[0] = {bytes->data(), width};
    frame.planes[1] = {bytes->data() + width * height, cw};
    frame.planes[2] = {bytes->data() + width * height + cw * ch, cw};
    frame.owner = bytes;
    return frame;
}

/// The first picture of the JPEG.
Frame decoded(const std::string& jpeg) {
    const test::TempDir dir;
    test::write_file(dir / "picture.jpg", jpeg);
    auto source = open_source((dir / "picture.jpg").string(), {});
    EXPECT_TRUE(source) << source.error().line();
    auto reading = test::read_all(**source);
    EXPECT_EQ(reading.frames.size(), 1U);
    return reading.frames.at(0);
}

TEST(Jpeg, KeepsTheShape) {
    EXPECT_EQ(jpeg_size({1920, 1080}, {}), (Size{1920, 1080}));
    EXPECT_EQ(jpeg_size({1920, 1080}, {.longest_side = 960}), (Size{960, 540}));
    EXPECT_EQ(jpeg_size({1080, 1920}, {.longest_side = 960}), (Size{540, 960}));
    EXPECT_EQ(jpeg_size({320, 240}, {.longest_side = 960}), (Size{320, 240}));
    EXPECT_EQ(jpeg_size({5000, 2}, {.longest_side = 100}), (Size{100, 1}));
}

TEST(Jpeg, GivesTheColourThatThePictureHas) {
    // Pure red in each matrix and range: Y, Cb, Cr of ITU-R BT.709-6, BT.601-7.
    const struct {
        ColorSpec color;
        std::array<std::uint8_t, 3> yuv;
    } reds[] = {{{ColorMatrix::bt709, ColorRange::limited, ChromaSiting::left}, {63, 102, 240}},
                {{ColorMatrix::bt601, ColorRange::limited, ChromaSiting::left}, {82, 90, 240}},
                {{ColorMatrix::bt601, ColorRange::full, ChromaSiting::center}, {76, 85, 255}}};
    for (const auto& red : reds) {
        const auto jpeg = encode_jpeg(plain(64, 48, red.yuv, red.color), {.quantizer = 2});
        ASSERT_TRUE(jpeg) << jpeg.error().line();
        const Frame back = decoded(*jpeg);
        EXPECT_EQ(back.width, 64);
        EXPECT_EQ(back.height, 48);
        EXPECT_EQ(back.color.range, ColorRange::full);
        EXPECT_NEAR(back.planes[0].data[20 * back.planes[0].stride + 30], 76, 3);
        EXPECT_NEAR(back.planes[1].data[10 * back.planes[1].stride + 15], 85, 3);
        EXPECT_NEAR(back.planes[2].data[10 * back.planes[2].stride + 15], 255, 3);
    }
}

TEST(Jpeg, IsMadeSmallerAndHasTheSameBytesAgain) {
    const Frame frame = plain(201, 99, {120, 128, 128}, {});
    const auto a = encode_jpeg(frame, {.longest_side = 100}),
               b = encode_jpeg(frame, {.longest_side = 100});
    ASSERT_TRUE(a && b);
    EXPECT_EQ(*a, *b);
    const Frame back = decoded(*a);
    EXPECT_EQ(back.width, 100);
    EXPECT_EQ(back.height, 49);
}

TEST(Jpeg, RefusesWhatItCantSee) {
    Frame device = plain(16, 16, {16, 128, 128}, {});
    device.memory = MemoryKind::cuda;
    EXPECT_EQ(encode_jpeg(device).error().code, ErrorCode::unsupported);
    EXPECT_EQ(encode_jpeg(Frame{}).error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace saccade::media
