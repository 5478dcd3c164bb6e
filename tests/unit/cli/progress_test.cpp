#include "cli/progress.h"

#include <gtest/gtest.h>

namespace saccade::cli {
namespace {

using std::chrono::duration;

TEST(ProgressText, ShowsShareRateObjectsAndTimeLeft) {
    EXPECT_EQ(progress_text({.frames = 50, .frames_expected = 200, .objects = 3, .streams = 1},
                            duration<double>(2)),
              " 25 %  50/200 frames  25.0 fps  3 objects  ETA 0:06");
    EXPECT_EQ(progress_text({.frames = 10, .objects = 0, .streams_done = 1, .streams = 4},
                            duration<double>(1)),
              "1/4 sources  10 frames  10.0 fps  0 objects");
    // A container that promised too few frames never shows over 100 %.
    EXPECT_EQ(
        progress_text({.frames = 300, .frames_expected = 200, .streams = 1}, duration<double>(1)),
        "100 %  300/200 frames  300.0 fps  0 objects");
    EXPECT_NE(
        progress_text({.frames = 1, .frames_expected = 7201, .streams = 1}, duration<double>(1))
            .find("ETA 2:00:00"),
        std::string::npos);
}

}  // namespace
}  // namespace saccade::cli
