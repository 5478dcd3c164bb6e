// The inner steps of COCO evaluation for one category: greedy matching in one image, and the
// precision and recall of all images together. After the format's reference evaluation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/coco_dataset.h"

namespace saccade::eval {

inline constexpr std::size_t coco_thresholds = 10;  // IoU 0.50:0.05:0.95

/// A detection as COCO sees it: corner and size, in px.
struct ScoredBox {
    double x = 0, y = 0, width = 0, height = 0, score = 0;
};

/// Objects and detections outside (in px^2, both ends belong to it) are ignored.
struct AreaRange {
    double from = 0, to = 0;
    [[nodiscard]] bool contains(double area) const noexcept { return area >= from && area <= to; }
};

/// What became of a detection at each IoU threshold: bit t for threshold t.
struct JudgedDetection {
    double score = 0;
    std::size_t rank = 0;  ///< among the detections of its image, 0 the best
    std::uint16_t matched = 0, ignored = 0;
};

/// IoU of every detection with every object, row-major [found][truth]; with a crowd, the part of
/// the detection that lies in it.
std::vector<double> coco_overlaps(std::span<const ScoredBox> found,
                                  std::span<const CocoAnnotation* const> truth);

/// Appends one judgement per detection to `out`. `found` is by descending score. Returns how many
/// objects count, that is, are neither crowds nor outside the range.
std::size_t judge_image(std::span<const ScoredBox> found,
                        std::span<const CocoAnnotation* const> truth,
                        std::span<const double> overlaps, const AreaRange& range,
                        std::vector<JudgedDetection>& out);

/// Per IoU threshold: the interpolated precision averaged over 101 recalls, and the recall reached.
struct CocoCurve {
    std::array<double, coco_thresholds> precision{}, recall{};
};

/// `judged` is by descending score; detections of rank `max_detections` and up do not count.
/// `objects` must not be 0.
CocoCurve coco_curve(std::span<const JudgedDetection> judged, std::size_t objects,
                     std::size_t max_detections);

}  // namespace saccade::eval
