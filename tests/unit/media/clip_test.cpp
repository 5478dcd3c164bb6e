// The maker of test clips itself: every encoder it finds writes something, and lacks are told.
#include "support/clip.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace saccade::test {
namespace {

TEST(Clip, WritesWithEachEncoderOfTheMachine) {
    const TempDir dir;
    int written = 0;
    for (const auto* codec : {"libx264", "libx265", "libvpx-vp9", "libaom-av1", "libsvtav1",
                              "mpeg4", "mjpeg", "ffv1", "png"}) {
        if (!has_encoder(codec)) continue;
        ClipOptions options;
        options.codec = codec;
        options.width = 96, options.height = 80;  // SVT-AV1 refuses less than 64
        options.frames = 3;
        if (options.codec == "png") options.pixel_format = "rgb24";
        if (options.codec == "libaom-av1") options.options = {{"cpu-used", "8"}};
        const auto path = dir / (std::string(codec) + ".mkv");
        const auto done = write_clip(path, options);
        ASSERT_TRUE(done) << codec << ": " << done.error().line();
        EXPECT_GT(std::filesystem::file_size(path), 300U) << codec;
        ++written;
    }
    EXPECT_GE(written, 3) << "mpeg4, mjpeg and ffv1 are libavcodec's own";
}

TEST(Clip, TellsOfAMissingEncoderAndAnUnwritableFile) {
    const TempDir dir;
    ClipOptions options;
    options.codec = "no-such-encoder";
    EXPECT_EQ(write_clip(dir / "x.mkv", options).error().code, ErrorCode::unavailable);
    options.codec = "mpeg4";
    EXPECT_EQ(write_clip(dir / "no/such/folder/x.mkv", options).error().code,
              ErrorCode::unwritable);
}

TEST(Clip, WritesImagesAndSound) {
    const TempDir dir;
    Canvas canvas(33, 17, {1, 2, 3});
    for (const auto* name : {"a.png", "a.jpg", "a.bmp", "a.ppm"}) {
        const auto done = write_image(dir / name, canvas);
        ASSERT_TRUE(done) << name << ": " << done.error().line();
        EXPECT_GT(std::filesystem::file_size(dir / name), 60U) << name;
    }
    ASSERT_TRUE(write_sound(dir / "a.wav", 0.1));
    EXPECT_GT(std::filesystem::file_size(dir / "a.wav"), 800U);
}

}  // namespace
}  // namespace saccade::test
