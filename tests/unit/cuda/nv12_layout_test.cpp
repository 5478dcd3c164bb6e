#include "cuda/nv12_layout.h"

#include <gtest/gtest.h>

#include <vector>

namespace saccade::cuda {
namespace {

TEST(Nv12Layout, RoundsOddSidesUpAndRowsToTheirAlignment) {
    const Nv12Layout odd(641, 359);
    EXPECT_EQ(odd.row, 642U);
    EXPECT_EQ(odd.pitch, 768U);
    EXPECT_EQ(odd.luma_rows, 359U);
    EXPECT_EQ(odd.chroma_rows, 180U);
    EXPECT_EQ(odd.bytes(), 768U * 539);
    EXPECT_EQ(Nv12Layout(1920, 1080).pitch, 2048U);
    EXPECT_EQ(Nv12Layout(128, 2).pitch, 256U);
    EXPECT_EQ(Nv12Layout(129, 2, 2).row, 260U) << "of P010";
    EXPECT_EQ(Nv12Layout(129, 2, 2).pitch, 512U);
}

TEST(Nv12Layout, PutsChromaBehindLuma) {
    const Nv12Layout layout(5, 3);
    const std::vector<std::uint8_t> block(layout.bytes());
    const auto planes = layout.planes(block.data());
    EXPECT_EQ(planes[0].data, block.data());
    EXPECT_EQ(planes[1].data, block.data() + 3 * 256);
    EXPECT_EQ(planes[0].stride, 256);
    EXPECT_EQ(planes[1].stride, 256);
    EXPECT_EQ(planes[2].data, nullptr);
}

}  // namespace
}  // namespace saccade::cuda
