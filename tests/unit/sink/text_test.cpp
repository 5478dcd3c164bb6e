#include "sink/text.h"

#include <gtest/gtest.h>

#include <cstring>

#include "sink/font.h"
#include "sink/utf8.h"
#include "support/painted_canvas.h"

namespace saccade::sink {
namespace {

std::u32string decode(std::string_view text) {
    std::u32string codes;
    while (!text.empty()) codes += take_code_point(text);
    return codes;
}

TEST(Utf8, WellFormed) {
    EXPECT_EQ(decode("aß自𝄞\x7f"), U"aß自𝄞\x7f");
    EXPECT_EQ(decode("\xF4\x8F\xBF\xBF"), std::u32string(1, 0x10FFFF));
}

TEST(Utf8, EveryIllFormedByteIsReplaced) {
    EXPECT_EQ(decode("\xff"
                     "a"),
              U"\uFFFDa");
    EXPECT_EQ(decode("\xC0\x80"), U"\uFFFD\uFFFD");            // overlong
    EXPECT_EQ(decode("\xE0\x80\x80"), U"\uFFFD\uFFFD\uFFFD");  // overlong
    EXPECT_EQ(decode("\xED\xA0\x80"), U"\uFFFD\uFFFD\uFFFD");  // surrogate
    EXPECT_EQ(decode("\xF4\x90\x80\x80").size(), 4U);          // beyond Unicode
    EXPECT_EQ(decode("\xE8\x87"), U"\uFFFD\uFFFD");            // cut off
    EXPECT_EQ(decode("\xE8"
                     "ab"),
              U"\uFFFDab");
}

TEST(Font, IsATrueTypeFile) {
    const auto font = builtin_font();
    ASSERT_GT(font.size(), 100'000U);
    EXPECT_EQ(std::memcmp(font.data(), "\0\1\0\0", 4), 0);
}

/// Rectangle of the pixels that differ from 50, and their number.
struct Ink {
    Rect box{1 << 20, 1 << 20, -1, -1};
    int pixels = 0;
};

Ink ink_of(TextRenderer& text, std::string_view words) {
    Picture picture;
    picture.resize(400, 100);
    std::memset(picture.plane(0).data, 50,
                static_cast<std::size_t>(picture.plane(0).stride * picture.plane(0).height));
    {
        test::PaintedCanvas canvas(picture);
        text.draw(canvas, words, 20, 60, {255, 255, 255});
    }
    Ink ink;
    for (int y = 0; y < 100; ++y) {
        for (int x = 0; x < 400; ++x) {
            if (picture.plane(0).row(y)[x] == 50) continue;
            ++ink.pixels;
            ink.box = {std::min(ink.box.left, x), std::min(ink.box.top, y),
                       std::max(ink.box.right, x + 1), std::max(ink.box.bottom, y + 1)};
        }
    }
    return ink;
}

TEST(Text, StandsOnItsBaselineWithinItsWidth) {
    TextRenderer text(20);
    const std::string words = "HEX 12";
    const Ink ink = ink_of(text, words);
    EXPECT_GT(ink.pixels, 200);
    EXPECT_GE(ink.box.left, 20);
    EXPECT_LE(ink.box.right, 20 + text.width(words));
    EXPECT_LE(ink.box.bottom, 61);
    EXPECT_NEAR(ink.box.top, 60 - text.cap_height(), 1);
    EXPECT_NEAR(text.cap_height(), 15, 1);  // DejaVu Sans: 0.729 em
}

TEST(Text, WidthAddsUpAndDigitsAreEqual) {
    TextRenderer text(18);
    EXPECT_EQ(text.width(""), 0);
    for (const char* digit : {"1", "2", "8"}) EXPECT_EQ(text.width(digit), text.width("0"));
    EXPECT_GT(text.width("ab"), text.width("a"));
    EXPECT_GT(TextRenderer(36).width("person"), 2 * text.width("person") - 12);
}

TEST(Text, OtherScriptsAndBrokenBytesHaveGlyphs) {
    TextRenderer text(20);
    for (const char* words : {"é", "Ж", "λ", "自", "\xff"}) {
        EXPECT_GT(ink_of(text, words).pixels, 10) << words;
    }
}

}  // namespace
}  // namespace saccade::sink
