#include "vision/preprocess.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "unit/vision/frames.h"

namespace saccade::vision {
namespace {

/// One component at a continuous position of its own plane, bilinear, edges clamped, in doubles.
double bilinear(const Frame& frame, int component, double x, double y, int columns, int rows) {
    x = std::clamp(x, 0.0, columns - 1.0);
    y = std::clamp(y, 0.0, rows - 1.0);
    const int x0 = static_cast<int>(x), y0 = static_cast<int>(y);
    const int x1 = std::min(x0 + 1, columns - 1), y1 = std::min(y0 + 1, rows - 1);
    const double fx = x - x0, fy = y - y0;
    const auto at = [&](int column, int row) {
        return test::sample(frame, component, column, row);
    };
    return (at(x0, y0) * (1 - fx) + at(x1, y0) * fx) * (1 - fy) +
           (at(x0, y1) * (1 - fx) + at(x1, y1) * fx) * fy;
}

struct Pixel {
    double r, g, b;  // 0..255
};

/// What the standards say, without fixed point or any order of the product's.
Pixel reference_pixel(const Frame& frame, const Letterbox& l, int column, int row) {
    const PixelLayout layout = layout_of(frame.format);
    const double x = (column + 0.5) * frame.width / l.new_width - 0.5;
    const double y = (row + 0.5) * frame.height / l.new_height - 0.5;
    const auto luma = [&](int c) { return bilinear(frame, c, x, y, frame.width, frame.height); };
    if (frame.format == PixelFormat::gray8) return {luma(0), luma(0), luma(0)};
    if (frame.format == PixelFormat::rgb24) return {luma(0), luma(1), luma(2)};

    const int columns = chroma_size(frame.width, layout.chroma_shift_x);
    const int rows = chroma_size(frame.height, layout.chroma_shift_y);
    double cx = std::clamp(x, 0.0, frame.width - 1.0), cy = std::clamp(y, 0.0, frame.height - 1.0);
    if (layout.chroma_shift_x == 1) {
        cx = frame.color.siting == ChromaSiting::center ? (cx - 0.5) / 2 : cx / 2;
    }
    if (layout.chroma_shift_y == 1) cy = (cy - 0.5) / 2;

    const double step = 1 << (layout.depth - 8), top = (1 << layout.depth) - 1;
    const bool limited = frame.color.range == ColorRange::limited;
    const double luma01 = limited ? (luma(0) - 16 * step) / (219 * step) : luma(0) / top;
    const double span = limited ? 224 * step : top;
    const double pb = (bilinear(frame, 1, cx, cy, columns, rows) - 128 * step) / span;
    const double pr = (bilinear(frame, 2, cx, cy, columns, rows) - 128 * step) / span;
    double kr = 0.299, kb = 0.114;
    if (frame.color.matrix == ColorMatrix::bt709) kr = 0.2126, kb = 0.0722;
    if (frame.color.matrix == ColorMatrix::bt2020) kr = 0.2627, kb = 0.0593;
    const double r = luma01 + 2 * (1 - kr) * pr, b = luma01 + 2 * (1 - kb) * pb;
    const double g = (luma01 - kr * r - kb * b) / (1 - kr - kb);
    const auto eight = [](double v) { return std::clamp(v * 255, 0.0, 255.0); };
    return {eight(r), eight(g), eight(b)};
}

std::vector<float> preprocess(const Frame& frame, const InputLayout& layout, Isa isa) {
    Preprocessor preprocessor(layout, isa);
    std::vector<float> image(preprocessor.image_bytes() / sizeof(float), -7.0F);
    Letterbox held;
    EXPECT_TRUE(preprocessor.run(frame, image.data(), held));
    return image;
}

struct Sizes {
    int src_w, src_h, dst_w, dst_h;
};

/// Upscales, downscales far and near, odd sizes, single rows and columns, extreme aspect ratios.
constexpr Sizes sizes[] = {{1, 1, 32, 32},    {2, 3, 64, 32},   {33, 17, 64, 64},
                           {64, 64, 64, 64},  {97, 61, 64, 96}, {321, 199, 96, 96},
                           {1003, 5, 64, 64}, {3, 700, 64, 64}, {1280, 35, 32, 32},
                           {640, 360, 96, 64}};

ColorSpec random_color(std::mt19937& random) {
    return {static_cast<ColorMatrix>(random() % 3), static_cast<ColorRange>(random() % 2),
            static_cast<ChromaSiting>(random() % 2)};
}

TEST(Preprocess, AgreesWithTheStandardsInDoubles) {
    std::mt19937 random(2);
    for (const PixelFormat format : test::all_formats) {
        for (const Sizes& s : sizes) {
            Frame frame = test::random_frame(format, s.src_w, s.src_h, random);
            frame.color = random_color(random);
            InputLayout layout;
            layout.width = s.dst_w;
            layout.height = s.dst_h;
            const std::vector<float> image = preprocess(frame, layout, Isa::scalar);
            const Letterbox l =
                make_letterbox(s.src_w, s.src_h, s.dst_w, s.dst_h, Placement::centered);
            double worst = 0;
            for (int y = 0; y < s.dst_h; ++y) {
                for (int x = 0; x < s.dst_w; ++x) {
                    Pixel want{114, 114, 114};
                    const int column = x - l.left, row = y - l.top;
                    if (column >= 0 && column < l.new_width && row >= 0 && row < l.new_height) {
                        want = reference_pixel(frame, l, column, row);
                    }
                    const int plane = s.dst_w * s.dst_h;
                    const auto at = static_cast<std::size_t>(y * s.dst_w + x);
                    const double wanted[] = {want.r, want.g, want.b};
                    for (std::size_t c = 0; c < 3; ++c) {
                        const double got = image[at + c * static_cast<std::size_t>(plane)] * 255.0;
                        worst = std::max(worst, std::abs(got - wanted[c]));
                    }
                }
            }
            // Of 255: the steps of Q15, Q14 and their weights, on noise of the whole range.
            EXPECT_LT(worst, 0.15) << static_cast<int>(format) << " " << s.src_w << "x" << s.src_h;
        }
    }
}

TEST(Preprocess, EveryInstructionSetGivesTheSameBits) {
    std::mt19937 random(3);
    std::uniform_int_distribution<int> side(1, 400);
    for (const PixelFormat format : test::all_formats) {
        for (int round = 0; round < 24; ++round) {
            Sizes s = round < 10 ? sizes[round]
                                 : Sizes{side(random), side(random), 8 * (1 + side(random) % 20),
                                         8 * (1 + side(random) % 20)};
            Frame frame = test::random_frame(format, s.src_w, s.src_h, random);
            frame.color = random_color(random);
            InputLayout layout;
            layout.width = s.dst_w;
            layout.height = s.dst_h;
            layout.bgr = round % 2 == 0;
            layout.scale = round % 3 == 0 ? 1.0F : 1.0F / 255;
            layout.placement = round % 5 == 0 ? Placement::top_left : Placement::centered;
            const std::vector<float> scalar = preprocess(frame, layout, Isa::scalar);
            for (const Isa isa : supported_isas()) {
                ASSERT_EQ(preprocess(frame, layout, isa), scalar)
                    << to_string(isa) << " format " << static_cast<int>(format) << " " << s.src_w
                    << "x" << s.src_h << " to " << s.dst_w << "x" << s.dst_h;
            }
        }
    }
}

TEST(Preprocess, ExtremesOfEveryDepthDoNotOverflow) {
    for (const PixelFormat format : test::all_formats) {
        const int top = (1 << layout_of(format).depth) - 1;
        const Frame frame = test::make_frame(
            format, 37, 29, [&](int, int x, int y) { return (x + y) % 2 == 0 ? 0 : top; });
        InputLayout layout;
        layout.width = layout.height = 64;
        for (const Isa isa : supported_isas()) {
            for (const float value : preprocess(frame, layout, isa)) {
                ASSERT_GE(value, 0) << to_string(isa);
                ASSERT_LE(value, 1.000001F) << to_string(isa);
            }
        }
    }
}

TEST(Preprocess, KnownColoursComeOutRight) {
    // BT.601 limited red, BT.709 limited green and white, full-range grey, as the standards list
    // them.
    struct Known {
        ColorSpec color;
        int y, u, v;
        float r, g, b;
    };
    const Known known[] = {
        {{ColorMatrix::bt601, ColorRange::limited, ChromaSiting::left}, 81, 90, 240, 255, 0, 0},
        {{ColorMatrix::bt709, ColorRange::limited, ChromaSiting::left}, 173, 42, 26, 0, 255, 0},
        {{ColorMatrix::bt709, ColorRange::limited, ChromaSiting::left},
         235,
         128,
         128,
         255,
         255,
         255},
        {{ColorMatrix::bt709, ColorRange::limited, ChromaSiting::left}, 16, 128, 128, 0, 0, 0},
        {{ColorMatrix::bt601, ColorRange::full, ChromaSiting::center},
         128,
         128,
         128,
         128,
         128,
         128}};
    for (const Known& k : known) {
        Frame frame = test::make_frame(PixelFormat::i420, 16, 16, [&](int plane, int, int) {
            return plane == 0 ? k.y : plane == 1 ? k.u : k.v;
        });
        frame.color = k.color;
        InputLayout layout;
        layout.width = layout.height = 32;
        layout.scale = 1;
        const std::vector<float> image = preprocess(frame, layout, best_isa());
        EXPECT_NEAR(image[0], k.r, 1.5);
        EXPECT_NEAR(image[32 * 32], k.g, 1.5);
        EXPECT_NEAR(image[2 * 32 * 32], k.b, 1.5);
    }
}

TEST(Preprocess, BgrSwapsThePlanes) {
    std::mt19937 random(4);
    const Frame frame = test::random_frame(PixelFormat::i420, 50, 40, random);
    InputLayout layout;
    layout.width = layout.height = 64;
    const std::vector<float> rgb = preprocess(frame, layout, best_isa());
    layout.bgr = true;
    const std::vector<float> bgr = preprocess(frame, layout, best_isa());
    const std::ptrdiff_t plane = 64 * 64;
    EXPECT_TRUE(std::equal(rgb.begin(), rgb.begin() + plane, bgr.begin() + 2 * plane));
    EXPECT_TRUE(std::equal(rgb.begin() + plane, rgb.begin() + 2 * plane, bgr.begin() + plane));
    EXPECT_NE(rgb, bgr);
}

TEST(Preprocess, AReusedImageIsAsAFreshOne) {
    std::mt19937 random(5);
    InputLayout layout;
    layout.width = layout.height = 96;
    Preprocessor preprocessor(layout);
    std::vector<float> image(preprocessor.image_bytes() / sizeof(float));
    Letterbox held;
    for (const auto& [w, h] : {std::pair{160, 90}, {90, 160}, {90, 160}, {50, 50}, {160, 90}}) {
        const Frame frame = test::random_frame(PixelFormat::nv12, w, h, random);
        ASSERT_TRUE(preprocessor.run(frame, image.data(), held));
        EXPECT_EQ(image, preprocess(frame, layout, best_isa())) << w << "x" << h;
    }
}

TEST(Preprocess, FormatsAndSitingsOfOneSizeAreKeptApart) {
    std::mt19937 random(8);
    InputLayout layout;
    layout.width = layout.height = 64;
    Preprocessor preprocessor(layout);
    std::vector<float> image(preprocessor.image_bytes() / sizeof(float));
    Letterbox held;
    for (const PixelFormat format : test::all_formats) {
        for (const ChromaSiting siting : {ChromaSiting::left, ChromaSiting::center}) {
            Frame frame = test::random_frame(format, 50, 40, random);
            frame.color.siting = siting;
            ASSERT_TRUE(preprocessor.run(frame, image.data(), held));
            EXPECT_EQ(image, preprocess(frame, layout, best_isa())) << static_cast<int>(format);
        }
    }
}

TEST(Preprocess, PaddingThatIsThereIsNotWrittenAgain) {
    std::mt19937 random(9);
    InputLayout layout;
    layout.width = layout.height = 64;
    Preprocessor preprocessor(layout);
    std::vector<float> image(preprocessor.image_bytes() / sizeof(float));
    Letterbox held;
    const Frame frame = test::random_frame(PixelFormat::i420, 50, 20, random);
    ASSERT_TRUE(preprocessor.run(frame, image.data(), held));
    EXPECT_EQ(held, make_letterbox(50, 20, 64, 64, Placement::centered));
    EXPECT_FLOAT_EQ(image[0], 114.0F / 255);
    image[0] = 5;
    ASSERT_TRUE(preprocessor.run(frame, image.data(), held));
    EXPECT_EQ(image[0], 5);
    held = {};
    ASSERT_TRUE(preprocessor.run(frame, image.data(), held));
    EXPECT_FLOAT_EQ(image[0], 114.0F / 255);
}

TEST(Preprocess, OtherElementTypesAreTheFloatsRounded) {
    std::mt19937 random(6);
    const Frame frame = test::random_frame(PixelFormat::i444, 61, 33, random);
    InputLayout layout;
    layout.width = layout.height = 64;
    layout.scale = 1;
    const std::vector<float> floats = preprocess(frame, layout, best_isa());
    for (const SampleType type : {SampleType::f16, SampleType::bf16, SampleType::u8}) {
        layout.type = type;
        Preprocessor preprocessor(layout);
        std::vector<std::uint8_t> image(preprocessor.image_bytes()), want(image.size());
        ASSERT_EQ(image.size(), floats.size() * size_of(type));
        Letterbox held;
        ASSERT_TRUE(preprocessor.run(frame, image.data(), held));
        store_row(floats.data(), static_cast<int>(floats.size()), type, want.data());
        EXPECT_EQ(image, want);
    }
}

TEST(Preprocess, RefusesWhatHoldsNoHostPicture) {
    InputLayout layout;
    layout.width = layout.height = 32;
    Preprocessor preprocessor(layout);
    std::vector<float> image(preprocessor.image_bytes() / sizeof(float), 5.0F);
    const std::vector<float> before = image;
    Letterbox held;
    std::mt19937 random(7);
    const Frame good = test::random_frame(PixelFormat::i420, 8, 8, random);

    Frame empty = good;
    empty.width = 0;
    Frame missing = good;
    missing.planes[2].data = nullptr;
    for (const Frame& frame : {empty, missing, Frame{}}) {
        const auto result = preprocessor.run(frame, image.data(), held);
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
    }
    Frame device = good;
    device.memory = MemoryKind::cuda;
    const auto result = preprocessor.run(device, image.data(), held);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::unsupported);
    EXPECT_EQ(image, before);
    EXPECT_EQ(held, Letterbox{});
}

}  // namespace
}  // namespace saccade::vision
