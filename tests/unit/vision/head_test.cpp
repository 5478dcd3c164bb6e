#include "vision/head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <tuple>

namespace saccade::vision {
namespace {

constexpr float nan_value = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

using Key = std::tuple<std::uint32_t, int, float, float, float, float, float>;
std::vector<Key> keys(const std::vector<Candidate>& candidates) {
    std::vector<Key> keys;
    for (const Candidate& c : candidates) {
        keys.emplace_back(c.order, c.class_id, c.score, c.box.x1, c.box.y1, c.box.x2, c.box.y2);
    }
    std::sort(keys.begin(), keys.end());
    return keys;
}

/// A channels-first head of noise, mostly below the thresholds used, with broken values strewn in.
std::vector<float> random_head(int classes, int anchors, std::mt19937& random) {
    std::uniform_real_distribution<float> unit(0, 1);
    std::vector<float> head(static_cast<std::size_t>((4 + classes) * anchors));
    for (std::size_t i = 0; i < head.size(); ++i) {
        const bool is_box = i < static_cast<std::size_t>(4 * anchors);
        const float u = unit(random);
        head[i] = is_box ? 640 * u : u * u * u * u * u * u;
        if (unit(random) < 0.01F)
            head[i] = std::array{nan_value, infinity, -infinity}[random() % 3];
        if (unit(random) < 0.02F && !is_box) head[i] = 0.5F;  // equal scores
    }
    return head;
}

/// The definition, anchor by anchor.
std::vector<Candidate> reference(const std::vector<float>& head, int classes, int anchors,
                                 const CandidateFilter& filter) {
    std::vector<Candidate> candidates;
    for (int a = 0; a < anchors; ++a) {
        const auto at = [&](int row) { return head[static_cast<std::size_t>(row * anchors + a)]; };
        const float w = at(2) / 2, h = at(3) / 2;
        const Box box{at(0) - w, at(1) - h, at(0) + w, at(1) + h};
        const bool broken = !std::isfinite(box.x1 + box.y1 + box.x2 + box.y2);
        int best = -1;
        for (int c = 0; c < classes; ++c) {
            const float score = at(4 + c);
            if (!std::isfinite(score) || !(score > filter.confidence)) continue;
            const Candidate candidate{box, score, c, static_cast<std::uint32_t>(a * classes + c)};
            if (filter.multi_label && filter.wants(c) && !broken) candidates.push_back(candidate);
            if (best < 0 || score > at(4 + best)) best = c;
        }
        if (!filter.multi_label && best >= 0 && filter.wants(best) && !broken) {
            candidates.push_back(
                {box, at(4 + best), best, static_cast<std::uint32_t>(a * classes + best)});
        }
    }
    return candidates;
}

TEST(ChannelsFirst, AgreesWithTheDefinitionOnNoise) {
    std::mt19937 random(1);
    for (const Isa isa : supported_isas()) {
        for (const auto& [classes, anchors] : {std::pair{80, 525}, {1, 64}, {3, 1}, {7, 133}}) {
            for (const bool multi_label : {false, true}) {
                for (const bool some : {false, true}) {
                    CandidateFilter filter{0.3F, multi_label, {}};
                    if (some) filter.wanted = {true, false, true};
                    HeadDecoder decoder(filter, isa);
                    for (int round = 0; round < 3; ++round) {  // its memory is used again
                        const auto head = random_head(classes, anchors, random);
                        std::vector<Candidate> got;
                        decoder.decode_channels_first(head.data(), classes, anchors, got);
                        EXPECT_EQ(keys(got), keys(reference(head, classes, anchors, filter)))
                            << to_string(isa) << " " << classes << " " << anchors;
                    }
                }
            }
        }
    }
}

TEST(ChannelsFirst, AnExcludedBestClassHidesTheAnchor) {
    const std::vector<float> head{10, 10, 4, 4, 0.6F, 0.9F};  // one anchor, two classes
    HeadDecoder decoder({0.25F, false, {true, false}});
    std::vector<Candidate> got;
    decoder.decode_channels_first(head.data(), 2, 1, got);
    EXPECT_TRUE(got.empty());
    HeadDecoder both({0.25F, true, {true, false}});
    both.decode_channels_first(head.data(), 2, 1, got);
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].class_id, 0);
    EXPECT_EQ(got[0].box, (Box{8, 8, 12, 12}));
}

TEST(AnchorsFirst, ScoreIsObjectnessTimesClass) {
    const std::vector<float> rows{
        50,        60, 20, 40, 0.8F,      0.5F,      0.75F,  //
        50,        60, 20, 40, 0.2F,      0.9F,      0.9F,   // objectness too low
        50,        60, 20, 40, 0.5F,      0.4F,      0.45F,  // product too low
        50,        60, 20, 40, nan_value, 0.9F,      0.9F,   //
        50,        60, 20, 40, 0.9F,      nan_value, 0.5F,   // the whole class is left
        nan_value, 60, 20, 40, 0.9F,      0.9F,      0.9F};
    std::vector<Candidate> got;
    HeadDecoder({0.25F, false, {}}).decode_anchors_first(rows.data(), 2, 6, {}, got);
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[0].box, (Box{40, 40, 60, 80}));
    EXPECT_FLOAT_EQ(got[0].score, 0.6F);
    EXPECT_EQ(got[0].class_id, 1);
    EXPECT_EQ(got[1].order, 4U * 2 + 1);
    got.clear();
    HeadDecoder({0.25F, true, {}}).decode_anchors_first(rows.data(), 2, 6, {}, got);
    EXPECT_EQ(got.size(), 3U);
}

TEST(AnchorsFirst, GridsAreDecodedByStride) {
    const std::vector<GridCell> grid = make_grid(64, 32);
    ASSERT_EQ(grid.size(), 8U * 4 + 4 * 2 + 2 * 1);
    EXPECT_EQ(grid[9].x, 1);
    EXPECT_EQ(grid[9].y, 1);
    EXPECT_EQ(grid[32].stride, 16);
    EXPECT_EQ(grid[41].x, 1);
    EXPECT_EQ(grid[41].stride, 32);

    std::vector<float> rows(grid.size() * 6, 0.0F);
    float* const row = rows.data() + 37 * 6;  // stride 16, second row, second column
    row[0] = 0.5F, row[1] = 0.25F, row[2] = std::log(2.0F), row[3] = 0, row[4] = row[5] = 1;
    float* const huge = rows.data() + 40 * 6;
    huge[2] = 1000, huge[4] = huge[5] = 1;  // exp overflows
    std::vector<Candidate> got;
    HeadDecoder({0.25F, false, {}})
        .decode_anchors_first(rows.data(), 1, static_cast<int>(grid.size()), grid, got);
    ASSERT_EQ(got.size(), 1U);
    EXPECT_FLOAT_EQ(got[0].box.center_x(), 24);
    EXPECT_FLOAT_EQ(got[0].box.center_y(), 20);
    EXPECT_FLOAT_EQ(got[0].box.width(), 32);
    EXPECT_FLOAT_EQ(got[0].box.height(), 16);
}

TEST(EndToEnd, KeepsWholeRowsOnly) {
    const std::vector<float> rows{1, 2, 3, 4, 0.9F,     1,         5, 6, 7, 8,        0.1F, 0,
                                  1, 2, 3, 4, 0.9F,     2,         1, 2, 3, 4,        0.9F, -1,
                                  1, 2, 3, 4, 0.9F,     nan_value, 1, 2, 3, infinity, 0.9F, 0,
                                  1, 2, 3, 4, infinity, 0,         1, 2, 3, 4,        0.3F, 0};
    std::vector<Candidate> got;
    HeadDecoder({0.25F, false, {}}).decode_rows_of_six(rows.data(), 2, 8, got);
    ASSERT_EQ(got.size(), 2U);
    EXPECT_EQ(got[0].box, (Box{1, 2, 3, 4}));
    EXPECT_EQ(got[0].class_id, 1);
    EXPECT_EQ(got[1].order, 7U);
}

TEST(Scan, FindsWhatIsAboveAtEveryPlaceAndLength) {
    for (const Isa isa : supported_isas()) {
        for (int n = 0; n < 150; ++n) {
            std::vector<float> values(static_cast<std::size_t>(n), 0.25F);  // equal is not above
            if (n > 3) values[3] = nan_value;
            std::vector<std::int32_t> out(values.size()), want;
            for (int i = n % 7; i < n; i += 7) {
                if (i == 3) continue;
                values[static_cast<std::size_t>(i)] = i % 2 == 0 ? 0.26F : infinity;
                want.push_back(i);
            }
            out.resize(
                static_cast<std::size_t>(scan_above(isa)(values.data(), n, 0.25F, out.data())));
            ASSERT_EQ(out, want) << to_string(isa) << " " << n;
        }
    }
}

}  // namespace
}  // namespace saccade::vision
