#include "media/h264_sps.h"

#include <gtest/gtest.h>

#include <random>

#include "h264_sets.h"

namespace saccade::media {
namespace {

TEST(H264Sps, TellsTheReorderingWhereItsVuiDoes) {
    for (const std::uint32_t profile : {77U, 100U, 110U}) {
        for (const std::uint32_t order : {0U, 1U}) {
            for (const bool lists : {false, true}) {
                for (const bool hrd : {false, true}) {
                    for (const bool timing : {false, true}) {
                        H264Set set{.profile = profile,
                                    .scaling_lists = lists,
                                    .order_type = order,
                                    .hrd = hrd,
                                    .timing = timing};
                        EXPECT_TRUE(tells_reordering(h264_set(set)));
                        set.restriction = false;
                        EXPECT_FALSE(tells_reordering(h264_set(set)));
                        set.vui = false;
                        EXPECT_FALSE(tells_reordering(h264_set(set)));
                    }
                }
            }
        }
    }
    const H264Set full_chroma{.profile = 244, .chroma_format = 3, .scaling_lists = true};
    EXPECT_TRUE(tells_reordering(h264_set(full_chroma)));
}

TEST(H264Sps, NeedsNoWordsWherePicturesAreShownAsTheyCome) {
    EXPECT_TRUE(tells_reordering(h264_set({.order_type = 2, .vui = false})));
    EXPECT_TRUE(tells_reordering(h264_set({.profile = 66, .vui = false})));
}

TEST(H264Sps, IsNotBelievedInPieces) {
    const auto whole = h264_set({.hrd = true});
    for (std::size_t size = 0; size + 4 < whole.size();
         ++size) {  // (behind the flag come six numbers)
        EXPECT_FALSE(tells_reordering({whole.data(), size})) << size;
    }
    std::minstd_rand random(3);
    for (int i = 0; i < 20'000; ++i) {  // for the sanitizers
        auto mutant = whole;
        for (int n = 0; n < 3; ++n)
            mutant[random() % mutant.size()] = static_cast<std::uint8_t>(random());
        static_cast<void>(tells_reordering(mutant));
    }
}

}  // namespace
}  // namespace saccade::media
