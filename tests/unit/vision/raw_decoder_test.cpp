#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include "vision/head.h"

namespace saccade::vision {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

struct Expected {
    double box[4];
    double score;
};

/// The definition in double precision: every class of every anchor, by anchor * classes + class.
std::map<std::uint32_t, Expected> scores_of(const std::vector<float>& head, int classes, int bins,
                                            const std::vector<GridCell>& grid) {
    std::map<std::uint32_t, Expected> all;
    const std::size_t anchors = grid.size();
    for (std::size_t a = 0; a < anchors; ++a) {
        const auto at = [&](int row) {
            return static_cast<double>(head[static_cast<std::size_t>(row) * anchors + a]);
        };
        double sides[4];
        for (int side = 0; side < 4; ++side) {
            double top = -std::numeric_limits<double>::infinity(), sum = 0, mean = 0;
            for (int k = 0; k < bins; ++k) top = std::max(top, at(side * bins + k));
            for (int k = 0; k < bins; ++k) {
                const double weight = std::exp(at(side * bins + k) - top);
                sum += weight;
                mean += k * weight;
            }
            sides[side] = mean / sum;
        }
        const auto& [x, y, stride] = grid[a];
        for (int c = 0; c < classes; ++c) {
            const double logit = at(4 * bins + c);
            if (!std::isfinite(logit)) continue;
            Expected e{{(x + 0.5 - sides[0]) * stride, (y + 0.5 - sides[1]) * stride,
                        (x + 0.5 + sides[2]) * stride, (y + 0.5 + sides[3]) * stride},
                       1 / (1 + std::exp(-logit))};
            if (!std::isfinite(e.box[0] + e.box[1] + e.box[2] + e.box[3])) continue;
            all.emplace(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(classes) +
                            static_cast<std::uint32_t>(c),
                        e);
        }
    }
    return all;
}

std::vector<float> random_logits(std::size_t count, std::mt19937& random) {
    std::normal_distribution<float> normal(-2, 4);
    std::vector<float> values(count);
    for (float& v : values) {
        v = normal(random);
        const unsigned odd = random() % 400;
        if (odd == 0) v = std::nanf("");
        if (odd == 1) v = infinity;
        if (odd == 2) v = -infinity;
        if (odd == 3) v = 1e30F;
        if (odd == 4) v = -1e30F;
        if (odd == 5) v = 80;
    }
    return values;
}

void expect_near(const Candidate& got, const Expected& want) {
    EXPECT_NEAR(got.score, want.score, 1e-6);
    const float box[4]{got.box.x1, got.box.y1, got.box.x2, got.box.y2};
    for (int i = 0; i < 4; ++i) EXPECT_NEAR(box[i], want.box[i], 1e-3);
}

TEST(RawDecoder, AgreesWithDoublePrecisionOnNoise) {
    constexpr int classes = 7, bins = 16;
    const auto grid = make_grid(160, 96);
    std::mt19937 random(5);
    for (const Isa isa : supported_isas()) {
        for (const float confidence : {0.0F, 0.001F, 0.25F, 0.999F, 1.0F}) {
            for (const int mode : {0, 1, 2, 3}) {
                CandidateFilter filter{confidence, (mode & 1) != 0, {}};
                if ((mode & 2) != 0) filter.wanted = {true, false, true, true};
                HeadDecoder decoder(filter, isa);
                for (int round = 0; round < 2; ++round) {  // its memory is used again
                    const auto head = random_logits((4 * bins + classes) * grid.size(), random);
                    const auto all = scores_of(head, classes, bins, grid);
                    std::vector<Candidate> got;
                    decoder.decode_raw(head.data(), classes, bins, grid, got);
                    std::map<std::uint32_t, Candidate> seen;
                    for (const Candidate& c : got) {
                        EXPECT_TRUE(seen.emplace(c.order, c).second);
                        ASSERT_TRUE(all.contains(c.order));
                        EXPECT_EQ(static_cast<int>(c.order % classes), c.class_id);
                        EXPECT_TRUE(filter.wants(c.class_id));
                        EXPECT_GT(c.score, confidence);
                        expect_near(c, all.at(c.order));
                    }
                    // All that must be there: clearly above the threshold, and the best if asked.
                    for (const auto& [order, want] : all) {
                        const int class_id = static_cast<int>(order % classes);
                        bool due = want.score > confidence + 1e-6 && filter.wants(class_id);
                        for (int c = 0; c < classes && !filter.multi_label; ++c) {
                            const auto other =
                                all.find(order - order % classes + static_cast<std::uint32_t>(c));
                            if (c == class_id || other == all.end()) continue;
                            due &= want.score > other->second.score + 1e-6;
                        }
                        EXPECT_TRUE(!due || seen.contains(order)) << want.score;
                    }
                }
            }
        }
    }
}

TEST(RawDecoder, ScoresAtTheThresholdAreDecidedAsOnTheDecodedHead) {
    // Logits around those of the threshold, one anchor each, through both decoders.
    const auto grid = make_grid(640, 640);
    const auto anchors = grid.size();
    for (const float confidence : {1e-6F, 0.001F, 0.1F, 0.25F, 0.5F, 0.9F, 0.9999F}) {
        std::vector<float> raw(5 * anchors, 0.0F), decoded(5 * anchors, 8.0F);
        const double middle = std::log(confidence / (1.0 - confidence));
        const double step = 0x1p-23 * std::max(std::abs(middle), 0.01);
        for (std::size_t a = 0; a < anchors; ++a) {
            const double steps = static_cast<double>(a) - static_cast<double>(anchors) / 2;
            const auto logit = static_cast<float>(middle + steps * step);
            raw[4 * anchors + a] = logit;
            decoded[4 * anchors + a] = 1 / (1 + std::exp(-logit));
        }
        HeadDecoder decoder({confidence, false, {}});
        std::vector<Candidate> a, b;
        decoder.decode_raw(raw.data(), 1, 1, grid, a);
        decoder.decode_channels_first(decoded.data(), 1, static_cast<int>(anchors), b);
        ASSERT_EQ(a.size(), b.size()) << confidence;
        EXPECT_GT(a.size(), 0U) << confidence;
        EXPECT_LT(a.size(), anchors) << confidence;
        for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].order, b[i].order);
    }
}

}  // namespace
}  // namespace saccade::vision
