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

void HeadDecoder::add_channels_first(const float* output, int classes, int anchors, int anchor,
                                     int class_id, float score,
                                     std::vector<Candidate>& candidates) const {
    const float* const at = output + anchor;
    const std::ptrdiff_t row = anchors;
    const Box box = from_center(at[0], at[row], at[2 * row], at[3 * row]);
    if (!finite(box)) return;
    candidates.push_back({box, score, class_id, order_of(anchor, classes, class_id)});
}

void HeadDecoder::decode_channels_first(const float* output, int classes, int anchors,
                                        std::vector<Candidate>& candidates) {
    const auto count = static_cast<std::size_t>(anchors);
    if (hits_.size() < count) {
        hits_.resize(count);
        best_score_.resize(count, -std::numeric_limits<float>::infinity());
        best_class_.resize(count);
    }
    // Row by row, as the scores lie in memory; what is above the threshold is rare.
    for (int c = 0; c < classes; ++c) {
        if (filter_.multi_label && !filter_.wants(c)) continue;
        const float* const scores = output + static_cast<std::ptrdiff_t>(4 + c) * anchors;
        const int hits = scan_(scores, anchors, filter_.confidence, hits_.data());
        for (int k = 0; k < hits; ++k) {
            const std::int32_t anchor = hits_[static_cast<std::size_t>(k)];
            const float score = scores[anchor];
            if (!std::isfinite(score)) continue;
            if (filter_.multi_label) {
                add_channels_first(output, classes, anchors, anchor, c, score, candidates);
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
        if (filter_.wants(best_class_[at])) {
            add_channels_first(output, classes, anchors, anchor, best_class_[at], best_score_[at],
                               candidates);
        }
        best_score_[at] = -std::numeric_limits<float>::infinity();
    }
    best_anchors_.clear();
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

void HeadDecoder::decode_end_to_end(const float* output, int classes, int rows,
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
