// Copies of clips against the clips: as many frames as asked, the same pictures, times that go on.
#include "media/clip_copy.h"

#include <gtest/gtest.h>

#include <variant>

#include "media/source.h"
#include "support/clip.h"
#include "support/files.h"
#include "support/frames.h"
#include "support/temp_dir.h"

namespace saccade::media {
namespace {

using test::TempDir;

struct Seen {
    std::vector<Timestamp> times;
    std::vector<int> greys;  ///< of the quadrant that tells the frame
};

Seen watch(const std::filesystem::path& path) {
    Seen seen;
    auto source = open_source(path.string(), {});
    EXPECT_TRUE(source) << source.error().line();
    for (;;) {
        auto event = (*source)->read();
        EXPECT_TRUE(event) << event.error().line();
        if (!event || std::holds_alternative<Discontinuity>(*event)) {
            ADD_FAILURE() << "damaged";
            return seen;
        }
        if (const auto* end = std::get_if<End>(&*event)) {
            EXPECT_EQ(end->damage, "");
            return seen;
        }
        if (const auto* frame = std::get_if<Frame>(&*event)) {
            const Plane& luma = frame->planes[0];
            const std::ptrdiff_t row = luma.stride * (frame->height * 3 / 4);
            seen.greys.push_back(luma.data[row + frame->width * 3 / 4]);
            seen.times.push_back(frame->pts);
        }
    }
}

class ClipCopy : public testing::Test {
  protected:
    std::filesystem::path clip(const std::string& name, test::ClipOptions options) {
        const auto path = dir_ / name;
        const auto written = test::write_clip(path, options);
        EXPECT_TRUE(written) << written.error().line();
        return path;
    }
    TempDir dir_;
};

TEST_F(ClipCopy, GoesRoundUntilThereAreEnough) {
    SACCADE_NEEDS_ENCODER("libx264");  // with B-frames: decoded and shown in different orders
    const auto from =
        clip("short.mp4", {.codec = "libx264", .frames = 10, .options = {{"bf", "2"}}});
    const auto to = dir_ / "long.mp4";
    const auto copied = copy_clip(from.string(), to, 30);
    ASSERT_TRUE(copied) << copied.error().line();
    const Seen once = watch(from), thrice = watch(to);
    ASSERT_EQ(once.greys.size(), 10U);
    ASSERT_EQ(thrice.greys.size(), 30U);
    for (std::size_t i = 0; i < 30; ++i) {
        EXPECT_EQ(thrice.greys[i], once.greys[i % 10]) << i;
        EXPECT_NEAR(seconds(thrice.times[i]), static_cast<double>(i) / 25, 1e-4) << i;
    }
}

TEST_F(ClipCopy, EndsWhereThereAreEnough) {
    const auto from = clip("long.mp4", {.frames = 20});
    ASSERT_TRUE(copy_clip(from.string(), dir_ / "short.mp4", 7));
    EXPECT_EQ(watch(dir_ / "short.mp4").greys.size(), 7U);
}

TEST_F(ClipCopy, TakesContainersWithoutTimes) {
    const auto from = clip("old.avi", {.frames = 5});
    ASSERT_TRUE(copy_clip(from.string(), dir_ / "new.mp4", 12));
    const Seen seen = watch(dir_ / "new.mp4");
    ASSERT_EQ(seen.times.size(), 12U);
    for (std::size_t i = 0; i < 12; ++i) {
        EXPECT_NEAR(seconds(seen.times[i]), static_cast<double>(i) / 25, 2e-3) << i;
    }
}

TEST_F(ClipCopy, TakesWhatMp4DoesNotHold) {
    SACCADE_NEEDS_ENCODER("ffv1");
    const auto from = clip("lossless.mkv", {.codec = "ffv1", .frames = 4});
    ASSERT_TRUE(copy_clip(from.string(), dir_ / "copy", 8));
    EXPECT_EQ(watch(dir_ / "copy").greys.size(), 8U);
}

TEST_F(ClipCopy, KeepsTheTurn) {
    const auto from = clip("turned.mp4", {.frames = 3, .rotation = 90});
    ASSERT_TRUE(copy_clip(from.string(), dir_ / "copy.mp4", 6));
    const auto source = open_source((dir_ / "copy.mp4").string(), {});
    ASSERT_TRUE(source);
    EXPECT_EQ((*source)->info().width, 48);
    EXPECT_EQ((*source)->info().height, 64);
}

TEST_F(ClipCopy, SaysWhatIsWrong) {
    EXPECT_EQ(copy_clip((dir_ / "none.mp4").string(), dir_ / "copy.mp4", 5).error().code,
              ErrorCode::not_found);
    const auto from = clip("good.mp4", {.frames = 3});
    const auto nowhere = copy_clip(from.string(), dir_ / "no" / "folder" / "copy.mp4", 5);
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, ErrorCode::unwritable);
    EXPECT_NE(nowhere.error().line().find("copy.mp4"), std::string::npos);
}

}  // namespace
}  // namespace saccade::media
