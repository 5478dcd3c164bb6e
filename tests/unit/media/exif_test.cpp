// What image files say beside their pixels, in files made here byte by byte.
#include "media/exif.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

std::string number(std::uint32_t value, int size, bool big) {
    std::string bytes;
    for (int i = 0; i < size; ++i) {
        const int shift = 8 * (big ? size - 1 - i : i);
        bytes += static_cast<char>(value >> shift & 0xFFU);
    }
    return bytes;
}

/// A TIFF directory with the tag Orientation and another in front of it.
std::string tiff(int orientation, bool big) {
    const auto n = [&](std::uint32_t value, int size) { return number(value, size, big); };
    return (big ? "MM\0*"s : "II*\0"s) + n(8, 4) + n(2, 2) +  //
           n(271, 2) + n(2, 2) + n(2, 4) + "x\0\0\0"s +       //
           n(274, 2) + n(3, 2) + n(1, 4) + n(static_cast<std::uint32_t>(orientation), 2) + "\0\0"s +
           n(0, 4);
}

std::string png_chunk(const std::string& name, const std::string& data) {
    return number(static_cast<std::uint32_t>(data.size()), 4, true) + name + data + "\0\0\0\0"s;
}

std::string webp_chunk(const std::string& name, const std::string& data) {
    return name + number(static_cast<std::uint32_t>(data.size()), 4, false) + data +
           (data.size() % 2 == 1 ? "\0"s : ""s);
}

const std::string png_start = "\x89PNG\r\n\x1a\n"s + png_chunk("IHDR", std::string(13, '\1'));
const std::string webp_start = "RIFF\0\0\0\0WEBP"s + webp_chunk("VP8X", std::string(10, '\0'));

TEST(Exif, TellsTheOrientationInEachKindOfFile) {
    // Where the first row and the first column are to be seen.
    const Orientation expected[] = {{},
                                    {false, true, false},  // 2: mirrored
                                    {false, true, true},   // 3: upside down
                                    {false, false, true},  // 4
                                    {true, false, false},  // 5: along the diagonal
                                    {true, true, false},   // 6: a quarter clockwise
                                    {true, true, true},    // 7
                                    {true, false, true}};  // 8: a quarter back
    for (int tag = 1; tag <= 8; ++tag) {
        for (const bool big : {false, true}) {
            const std::string exif = tiff(tag, big);
            const Orientation o = expected[tag - 1];
            EXPECT_EQ(exif_orientation(exif), o) << "TIFF " << tag;
            EXPECT_EQ(exif_orientation(png_start + png_chunk("eXIf", exif)), o) << "PNG " << tag;
            EXPECT_EQ(
                exif_orientation(webp_start + webp_chunk("VP8 ", "odd") + webp_chunk("EXIF", exif)),
                o)
                << "WebP " << tag;
            EXPECT_EQ(exif_orientation(webp_start + webp_chunk("EXIF", "Exif\0\0"s + exif)), o);
        }
    }
    EXPECT_TRUE(exif_orientation(png_start).upright());
    EXPECT_TRUE(exif_orientation("").upright());
    EXPECT_TRUE(exif_orientation(tiff(9, false)).upright());
}

TEST(Exif, TellsSeveralPictures) {
    EXPECT_EQ(several_pictures(png_start + png_chunk("acTL", number(3, 4, true) + "\0\0\0\0"s)),
              "an animated PNG of 3 pictures");
    EXPECT_EQ(several_pictures(png_start + png_chunk("acTL", number(1, 4, true) + "\0\0\0\0"s)),
              "");
    EXPECT_EQ(several_pictures(png_start), "");
    EXPECT_EQ(several_pictures(webp_start + webp_chunk("ANIM", std::string(6, '\0'))),
              "an animated WebP");
    EXPECT_EQ(several_pictures(webp_start + webp_chunk("VP8 ", "x")), "");
    const std::string block = ",\0\0\0\0\1\0\1\0\0\2\2D\1\0"s;  // an image of 1x1
    const std::string control = "!\xf9\4\0\0\0\0\0"s;
    const std::string gif = "GIF89a\1\0\1\0\x80\0\0"s + std::string(6, '\0');
    EXPECT_EQ(several_pictures(gif + control + block + ";"), "");
    EXPECT_EQ(several_pictures(gif + control + block + control + block + ";"), "an animated GIF");
    // A second directory: a thumbnail is none to be seen, a page is.
    const auto paged = [](std::uint32_t kind) {
        const auto n = [](std::uint32_t value, int size) { return number(value, size, false); };
        const std::string entry = n(254, 2) + n(4, 2) + n(1, 4) + n(kind, 4);
        return "II*\0"s + n(8, 4) + n(0, 2) + n(14, 4) + n(1, 2) + entry + n(0, 4);
    };
    EXPECT_EQ(several_pictures(paged(0)), "a TIFF of several pages");
    EXPECT_EQ(several_pictures(paged(1)), "");
    EXPECT_EQ(several_pictures(tiff(1, true)), "");
}

/// (The sanitizers do the rest.)
void look_at(const std::string& file) {
    const Orientation o = exif_orientation(file);
    EXPECT_TRUE(o.upright() || o.transpose || o.flip_x || o.flip_y);
    EXPECT_LT(several_pictures(file).size(), 60U);
}

TEST(Exif, SurvivesAnyCutAndAnyDamage) {
    std::minstd_rand random(4);
    const std::string whole[] = {png_start + png_chunk("eXIf", tiff(6, true)),
                                 webp_start + webp_chunk("EXIF", tiff(6, false)), tiff(6, false),
                                 "GIF89a\1\0\1\0\x80\0\0"s + std::string(30, ',')};
    for (const std::string& file : whole) {
        for (std::size_t size = 0; size <= file.size(); ++size) {
            look_at(file.substr(0, size));
        }
        for (int i = 0; i < 3000; ++i) {
            std::string damaged = file;
            for (unsigned n = 1 + random() % 4; n > 0; --n) {
                damaged[random() % damaged.size()] = static_cast<char>(random());
            }
            look_at(damaged);
        }
    }
}

TEST(Exif, TurnsThePictureOfTheSharedCase) {
    SACCADE_NEEDS_SHARED("cases/images/chart6.png");
    const auto folder = test::shared_dir() / "cases/images";
    std::vector<Frame> frames;
    for (const char* name : {"chart6.jpg", "chart6.png"}) {
        auto source = open_source((folder / name).string(), {});
        ASSERT_TRUE(source) << source.error().line();
        test::Reading all = test::read_all(**source);
        ASSERT_EQ(all.frames.size(), 1U);
        frames.push_back(all.frames[0]);
    }
    ASSERT_EQ(frames[0].width, frames[1].width);
    ASSERT_EQ(frames[0].height, frames[1].height);
    for (int y = 4; y < frames[0].height; y += frames[0].height / 8) {
        for (int x = 4; x < frames[0].width; x += frames[0].width / 8) {
            EXPECT_LE(test::distance(test::rgb_at(frames[0], x, y), test::rgb_at(frames[1], x, y)),
                      40)
                << x << "," << y;
        }
    }
}

// An animated PNG alone is a video; among images it must not pass for its first picture.
TEST(Exif, AnimationsAreReadWholeOrTold) {
    SACCADE_NEEDS_ENCODER("apng");
    const test::TempDir dir;
    test::ClipOptions options;
    options.codec = "apng";
    options.container = "apng";
    options.pixel_format = "rgb24";
    options.frames = 5;
    ASSERT_TRUE(test::write_clip(dir / "a.png", options));
    ASSERT_TRUE(test::write_image(dir / "b.png", test::Canvas(64, 48)));
    auto alone = open_source((dir / "a.png").string(), {});
    ASSERT_TRUE(alone) << alone.error().line();
    EXPECT_EQ(test::read_all(**alone).frames.size(), 5U);
    auto among = open_source(dir.path().string(), {});
    ASSERT_TRUE(among) << among.error().line();
    const test::Reading all = test::read_all(**among);
    EXPECT_EQ(all.frames.size(), 1U);
    EXPECT_THAT(all.damage, HasSubstr("an animated PNG of 5 pictures"));
    test::write_file(dir / "w.webp", webp_start + webp_chunk("ANIM", std::string(6, '\0')));
    const auto webp = open_source((dir / "w.webp").string(), {});
    ASSERT_FALSE(webp);
    EXPECT_EQ(webp.error().code, ErrorCode::unsupported);
    EXPECT_THAT(webp.error().message, HasSubstr("an animated WebP"));
}

}  // namespace
}  // namespace saccade::media
