// From a network's raw output to candidate boxes, for one image.
//
// Every decoder appends its candidates in the network's input pixels, x1 y1 x2 y2, and drops
// whatever is not finite, be it score or box. An anchor gives its best class (the first of equal
// ones), if that is wanted; with multi_label it gives every wanted class, as published COCO figures
// are made.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/cpu.h"
#include "saccade/types.h"
#include "vision/scan.h"

namespace saccade::vision {

/// A box that may become a detection. `order` ranks equal scores: anchor * classes + class.
struct Candidate {
    Box box;
    float score = 0;
    std::int32_t class_id = 0;
    std::uint32_t order = 0;
};

/// Which candidates are made. Scores must be above `confidence`, and above 0.
struct CandidateFilter {
    float confidence = 0.25F;
    bool multi_label = false;
    std::vector<bool> wanted;  ///< by class id; empty: all

    [[nodiscard]] bool wants(int class_id) const noexcept {
        const auto at = static_cast<std::size_t>(class_id);
        return wanted.empty() || (at < wanted.size() && wanted[at]);
    }
};

/// One anchor of a head with grids that are not decoded: its cell and stride, input px.
struct GridCell {
    float x, y, stride;
};

/// Cells of strides 8, 16 and 32 over a width x height input, each row by row (YOLOX's order).
std::vector<GridCell> make_grid(int width, int height);

/// One thread at a time; keeps its working memory.
class HeadDecoder {
  public:
    explicit HeadDecoder(CandidateFilter filter, Isa isa = best_isa());

    /// [4 + classes, anchors]: rows cx, cy, w, h, then a row of scores a class.
    void decode_channels_first(const float* output, int classes, int anchors,
                               std::vector<Candidate>& candidates);

    /// [4 * bins + classes, anchors], logits: rows of `bins` for each of left, top, right, bottom,
    /// the distance in strides from the middle of the anchor's cell being the mean bin by their
    /// softmax; then a row a class, the score being its sigmoid. One cell of the grid an anchor.
    /// Gives what decode_channels_first gives on the decoded head, but for rounding.
    void decode_raw(const float* output, int classes, int bins, std::span<const GridCell> grid,
                    std::vector<Candidate>& candidates);

    /// [anchors, 5 + classes]: cx cy w h objectness scores; the score is their product. With a grid
    /// (one cell an anchor) cx, cy are offsets in strides and w, h logarithms of strides.
    void decode_anchors_first(const float* output, int classes, int anchors,
                              std::span<const GridCell> grid, std::vector<Candidate>& candidates);

    /// [rows, 6]: x1 y1 x2 y2 score class. `multi_label` changes nothing.
    void decode_rows_of_six(const float* output, int classes, int rows,
                            std::vector<Candidate>& candidates);

  private:
    /// Scans rows of values, a class each, for those above `limit`; score_of(value) is the score,
    /// which must be above the confidence then, and box_of(anchor) the box.
    template <typename ScoreOf, typename BoxOf>
    void decode_rows(const float* values, int classes, int anchors, float limit,
                     const ScoreOf& score_of, const BoxOf& box_of,
                     std::vector<Candidate>& candidates);

    CandidateFilter filter_;
    ScanAbove scan_;
    std::vector<std::int32_t> hits_;
    std::vector<float> best_score_;           ///< by anchor
    std::vector<std::int32_t> best_class_;    ///< by anchor, where the score is above 0
    std::vector<std::int32_t> best_anchors_;  ///< those with a score, as met
};

}  // namespace saccade::vision
