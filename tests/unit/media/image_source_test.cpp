// Image files as a source: order, times, mixed sizes, bad files among good ones.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using namespace std::chrono_literals;
using test::Canvas;
using test::read_all;
using test::Reading;
using test::Rgb;
using test::TempDir;
using testing::HasSubstr;
using testing::IsEmpty;

void write(const std::filesystem::path& path, Rgb color, int width = 40, int height = 30) {
    const auto done = test::write_image(path, Canvas(width, height, color));
    ASSERT_TRUE(done) << done.error().line();
}

Reading read_location(const std::filesystem::path& path, SourceOptions options = {}) {
    auto source = open_source(path.string(), options);
    EXPECT_TRUE(source) << source.error().line();
    return source ? read_all(**source) : Reading{};
}

TEST(ImageSource, ReadsEachKindOfImage) {
    const TempDir dir;
    const struct {
        const char* name;
        const char* codec;
        PixelFormat format;
        int tolerance;
    } cases[] = {{"a.png", "png", PixelFormat::rgb24, 0},
                 {"a.jpg", "mjpeg", PixelFormat::i420, 14},
                 {"a.bmp", "bmp", PixelFormat::rgb24, 0},
                 {"a.ppm", "ppm", PixelFormat::rgb24, 0},
                 {"a.tiff", "tiff", PixelFormat::rgb24, 0}};
    for (const auto& c : cases) {
        write(dir / c.name, {200, 90, 30}, 41, 31);
        auto source = open_source((dir / c.name).string(), {.stream = 3});
        ASSERT_TRUE(source) << source.error().line();
        EXPECT_EQ((*source)->info().codec, c.codec);
        EXPECT_EQ((*source)->info().frame_count, 1U);
        EXPECT_EQ((*source)->info().format, c.format);
        const Reading all = read_all(**source);
        ASSERT_EQ(all.frames.size(), 1U) << c.name;
        EXPECT_EQ(all.damage, "");
        const Frame& frame = all.frames[0];
        EXPECT_EQ(frame.id, (FrameId{3, 0}));
        EXPECT_EQ(frame.width, 41);
        EXPECT_EQ(frame.height, 31);
        EXPECT_EQ(frame.color.range, ColorRange::full);
        for (const auto& [x, y] : {std::pair{0, 0}, {40, 0}, {0, 30}, {40, 30}, {20, 15}}) {
            EXPECT_LE(test::distance(test::rgb_at(frame, x, y), {200, 90, 30}), c.tolerance)
                << c.name;
        }
    }
}

TEST(ImageSource, TellsTheKindByBytesNotByName) {
    const TempDir dir;
    write(dir / "a.png", {1, 2, 3});
    std::filesystem::rename(dir / "a.png", dir / "a.jpg");
    auto source = open_source((dir / "a.jpg").string(), {});
    ASSERT_TRUE(source) << source.error().line();
    EXPECT_EQ((*source)->info().codec, "png");
}

TEST(ImageSource, GoesInNaturalOrderAtTheGivenRateOnAnyThreadCount) {
    const TempDir dir;
    for (int i = 0; i < 23; ++i) {
        write(dir / fmt::format("f{}.png", i), {static_cast<std::uint8_t>(10 * i), 0, 0});
    }
    test::write_file(dir / "notes.txt", "no image");
    for (const int threads : {1, 2, 5, 0}) {
        for (const auto& location : {dir.path(), dir / "f*.png"}) {
            const Reading all =
                read_location(location, {.decoder_threads = threads, .image_rate = 4});
            ASSERT_EQ(all.frames.size(), 23U);
            for (std::size_t i = 0; i < 23; ++i) {
                EXPECT_EQ(all.frames[i].id.index, i);
                EXPECT_EQ(all.frames[i].pts, i * 250ms);
                EXPECT_EQ(test::rgb_at(all.frames[i], 3, 3).r, 10 * i);
            }
        }
    }
}

TEST(ImageSource, TellsOfSizesThatChange) {
    const TempDir dir;
    write(dir / "1.png", {}, 40, 30);
    write(dir / "2.png", {}, 40, 30);
    write(dir / "3.png", {}, 30, 40);
    write(dir / "4.jpg", {}, 30, 40);
    const Reading all = read_location(dir.path());
    ASSERT_EQ(all.frames.size(), 4U);
    ASSERT_EQ(all.changes.size(), 2U);
    EXPECT_EQ(all.changes[0].info.height, 40);
    EXPECT_EQ(all.changes[1].info.format, PixelFormat::i420);
    EXPECT_EQ(all.changes[1].info.codec, "mjpeg");
}

TEST(ImageSource, SkipsBadFilesAndSaysWhich) {
    const TempDir dir;
    test::write_file(dir / "0.png", "not an image at all");
    write(dir / "1.png", {10, 10, 10});
    test::write_file(dir / "2.png", "");
    write(dir / "3.png", {30, 30, 30});
    const Reading all = read_location(dir.path(), {.image_rate = 10});
    ASSERT_EQ(all.frames.size(), 2U);
    EXPECT_EQ(all.frames[0].id.index, 1U) << "a file that is lost leaves its place free";
    EXPECT_EQ(all.frames[0].pts, 100ms) << "and its time";
    EXPECT_EQ(all.frames[1].id.index, 3U);
    EXPECT_EQ(all.frames[1].pts, 300ms);
    ASSERT_TRUE(all.frames[0].file && all.frames[1].file);
    EXPECT_EQ(*all.frames[0].file, (dir / "1.png").string()) << "frames keep their own file's name";
    EXPECT_EQ(*all.frames[1].file, (dir / "3.png").string());
    ASSERT_EQ(all.discontinuities.size(), 2U);
    EXPECT_EQ(all.discontinuities[0], (dir / "0.png").string() + ": not an image");
    EXPECT_EQ(all.discontinuities[1], (dir / "2.png").string() + ": empty file");
    EXPECT_THAT(all.damage, HasSubstr("2 damaged places"));
}

TEST(ImageSource, AFolderOfNothingReadableFailsWithTheFirstReason) {
    const TempDir dir;
    test::write_file(dir / "0.png", "not an image at all");
    test::write_file(dir / "1.jpg", "nor is this");
    const auto source = open_source(dir.path().string(), {});
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code, ErrorCode::corrupt);
    EXPECT_EQ(source.error().message, (dir / "0.png").string() +
                                          ": not an image; nor can any other of the 2 images be read");
}

TEST(ImageSource, ACutJpegComesOutWithAWordOnIt) {
    const TempDir dir;
    Canvas canvas(160, 120);
    for (int y = 0; y < 120; ++y) {
        for (int x = 0; x < 160; ++x) {
            canvas.at(x, y) = {static_cast<std::uint8_t>(x * y), static_cast<std::uint8_t>(x), 9};
        }
    }
    ASSERT_TRUE(test::write_image(dir / "a.jpg", canvas));
    const std::string whole = test::read_file(dir / "a.jpg");
    EXPECT_EQ(read_location(dir / "a.jpg").damage, "");
    test::write_file(dir / "a.jpg", whole.substr(0, whole.size() * 7 / 10));
    const Reading all = read_location(dir / "a.jpg");
    EXPECT_EQ(all.frames.size(), 1U);
    EXPECT_EQ(all.discontinuities.size(), 1U);
    EXPECT_THAT(all.damage, HasSubstr("damaged or cut short"));
}

TEST(ImageSource, RefusesAnImpossibleRate) {
    const TempDir dir;
    write(dir / "a.png", {});
    for (const double rate : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
        const auto source = open_source((dir / "a.png").string(), {.image_rate = rate});
        ASSERT_FALSE(source);
        EXPECT_EQ(source.error().code, ErrorCode::invalid_argument);
    }
}

TEST(ImageSource, CanBeDroppedInTheMiddle) {
    const TempDir dir;
    for (int i = 0; i < 30; ++i) write(dir / fmt::format("{}.png", i), {});
    for (int i = 0; i < 20; ++i) {
        auto source = open_source(dir.path().string(), {.decoder_threads = 4});
        ASSERT_TRUE(source);
        auto event = (*source)->read();
        ASSERT_TRUE(event);
        source->reset();
        EXPECT_EQ(test::rgb_at(std::get<Frame>(*event), 1, 1), (Rgb{0, 0, 0}));
    }
}

}  // namespace
}  // namespace saccade::media
