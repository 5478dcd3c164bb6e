#include "vision/head.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saccade::vision {
namespace {

bool finite(const Box& b) {
    return std::isfinite(b.x1) && std::isfinite(b.y1) && std::isfinite(b.x2) && std::isfinite(b.y2);
}

Box from_center(float cx, float cy, float w, float h) {
    const float half_w = 0.5F * w, half_h = 0.5F * h;
    return {cx - half_w, cy - half_h, cx + half_w, cy + half_h};
}

std::uint32_t order_of(int anchor, int classes, int class_id) {
    return static_cast<std::uint32_t>(anchor) * static_cast<std::uint32_t>(classes) +
           static_cast<std::uint32_t>(class_id);
}

/// A logit below those of all scores above the confidence, by some thousand roundings of a score:
/// what is scanned for; the score itself decides.
float limit_below(float confidence) {
    const double p = confidence * (1 - 0x1p-14);
    return static_cast<float>(std::log(p / (1 - p)));
}

/// Mean of 0 .. bins-1, weighed by the softmax of the logits, which are `step` apart. NaN where
/// one of them is NaN or +infinity.
float mean_bin(const float* logits, int bins, std::ptrdiff_t step) {
    float top = logits[0];
    for (int k = 1; k < bins; ++k) top = std::max(top, logits[k * step]);
    float sum = 0, mean = 0;
    for (int k = 0; k < bins; ++k) {
        const float weight = std::exp(logits[k * step] - top);
        sum += weight;
        mean += weight * static_cast<float>(k);
    }
    return mean / sum;
}

}  // namespace

std::vector<GridCell> make_grid(int width, int height) {
    std::vector<GridCell> grid;
    for (const int stride : {8, 16, 32}) {
        for (int y = 0; y < height / stride; ++y) {
            for (int x = 0; x < width / stride; ++x) {
                grid.push_back(
                    {static_cast<float>(x), static_cast<float>(y), static_cast<float>(stride)});
            }
        }
    }
    return grid;
}

HeadDecoder::HeadDecoder(CandidateFilter filter, Isa isa)
    : filter_(std::move(filter)), scan_(scan_above(isa)) {
    filter_.confidence = std::max(filter_.confidence, 0.0F);
}

template <typename ScoreOf, typename BoxOf>
void HeadDecoder::decode_rows(const float* values, int classes, int anchors, float limit,
                              const ScoreOf& score_of, const BoxOf& box_of,
                              std::vector<Candidate>& candidates) {
    const auto count = static_cast<std::size_t>(anchors);
    if (hits_.size() < count) {
        hits_.resize(count);
        best_score_.resize(count, -std::numeric_limits<float>::infinity());
        best_class_.resize(count);
    }
    const auto add = [&](int anchor, int class_id, float score) {
        const Box box = box_of(anchor);
        if (!finite(box)) return;
        candidates.push_back({box, score, class_id, order_of(anchor, classes, class_id)});
    };
    // Row by row, as the scores lie in memory; what is above the threshold is rare.
    for (int c = 0; c < classes; ++c) {
        if (filter_.multi_label && !filter_.wants(c)) continue;
        const float* const row = values + static_cast<std::ptrdiff_t>(c) * anchors;
        const int hits = scan_(row, anchors, limit, hits_.data());
        for (int k = 0; k < hits; ++k) {
            const std::int32_t anchor = hits_[static_cast<std::size_t>(k)];
            if (!std::isfinite(row[anchor])) continue;
            const float score = score_of(row[anchor]);
            if (!(score > filter_.confidence)) continue;
            if (filter_.multi_label) {
                add(anchor, c, score);
                continue;
            }
            const auto at = static_cast<std::size_t>(anchor);
            if (score <= best_score_[at]) continue;
            if (std::isinf(best_score_[at])) best_anchors_.push_back(anchor);
            best_score_[at] = score;
            best_class_[at] = c;
        }
    }
    for (const std::int32_t anchor : best_anchors_) {
        const auto at = static_cast<std::size_t>(anchor);
        if (filter_.wants(best_class_[at])) add(anchor, best_class_[at], best_score_[at]);
        best_score_[at] = -std::numeric_limits<float>::infinity();
    }
    best_anchors_.clear();
}

void HeadDecoder::decode_channels_first(const float* output, int classes, int anchors,
                                        std::vector<Candidate>& candidates) {
    const std::ptrdiff_t row = anchors;
    decode_rows(
        output + 4 * row, classes, anchors, filter_.confidence, [](float score) { return score; },
        [&](int anchor) {
            const float* const at = output + anchor;
            return from_center(at[0], at[row], at[2 * row], at[3 * row]);
        },
        candidates);
}

void HeadDecoder::decode_raw(const float* output, int classes, int bins,
                             std::span<const GridCell> grid, std::vector<Candidate>& candidates) {
    const auto anchors = static_cast<std::ptrdiff_t>(grid.size());
    decode_rows(
        output + 4 * bins * anchors, classes, static_cast<int>(anchors),
        limit_below(filter_.confidence),
        [](float logit) { return 1.0F / (1.0F + std::exp(-logit)); },
        [&](int anchor) {
            float sides[4];
            for (int side = 0; side < 4; ++side) {
                sides[side] = mean_bin(output + side * bins * anchors + anchor, bins, anchors);
            }
            const GridCell& cell = grid[static_cast<std::size_t>(anchor)];
            const float x = cell.x + 0.5F, y = cell.y + 0.5F;
            return Box{(x - sides[0]) * cell.stride, (y - sides[1]) * cell.stride,
                       (x + sides[2]) * cell.stride, (y + sides[3]) * cell.stride};
        },
        candidates);
}

void HeadDecoder::decode_anchors_first(const float* output, int classes, int anchors,
                                       std::span<const GridCell> grid,
                                       std::vector<Candidate>& candidates) {
    for (int anchor = 0; anchor < anchors; ++anchor) {
        const float* const row = output + static_cast<std::ptrdiff_t>(anchor) * (5 + classes);
        const float objectness = row[4];
        // Class scores are at most 1: no product can be above the threshold if this is not.
        if (!(objectness > filter_.confidence) || !std::isfinite(objectness)) continue;
        Box box;
        if (grid.empty()) {
            box = from_center(row[0], row[1], row[2], row[3]);
        } else {
            const GridCell& cell = grid[static_cast<std::size_t>(anchor)];
            box = from_center((row[0] + cell.x) * cell.stride, (row[1] + cell.y) * cell.stride,
                              std::exp(row[2]) * cell.stride, std::exp(row[3]) * cell.stride);
        }
        if (!finite(box)) continue;

        int best = -1;
        float best_score = filter_.confidence;
        for (int c = 0; c < classes; ++c) {
            const float score = objectness * row[5 + c];
            if (!std::isfinite(score)) continue;
            if (filter_.multi_label) {
                if (score > filter_.confidence && filter_.wants(c)) {
                    candidates.push_back({box, score, c, order_of(anchor, classes, c)});
                }
            } else if (score > best_score) {
                best = c;
                best_score = score;
            }
        }
        if (best >= 0 && filter_.wants(best)) {
            candidates.push_back({box, best_score, best, order_of(anchor, classes, best)});
        }
    }
}

void HeadDecoder::decode_rows_of_six(const float* output, int classes, int rows,
                                     std::vector<Candidate>& candidates) {
    for (int i = 0; i < rows; ++i) {
        const float* const row = output + static_cast<std::ptrdiff_t>(i) * 6;
        const Box box{row[0], row[1], row[2], row[3]};
        const float score = row[4], label = row[5];
        if (!(score > filter_.confidence) || !std::isfinite(score) || !finite(box)) continue;
        if (!(label >= 0) || !(label < static_cast<float>(classes))) continue;
        const int class_id = static_cast<int>(label);
        if (!filter_.wants(class_id)) continue;
        candidates.push_back({box, score, class_id, static_cast<std::uint32_t>(i)});
    }
}

}  // namespace saccade::vision
