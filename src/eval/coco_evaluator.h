// The COCO measure of detection quality: average precision and recall of boxes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "eval/coco_dataset.h"
#include "eval/coco_judge.h"
#include "eval/coco_resample.h"
#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::eval {

struct CocoOptions {
    /// Detections that count per image and class, best first; ascending. AP uses the last.
    std::array<int, 3> max_detections{1, 10, 100};
    /// True: only images that were added are judged. False: all of the data set, and an image that
    /// was not added has no detections.
    bool only_added_images = false;
};

/// One category's figures, in [0, 1]; -1 where it has no object that counts.
struct CocoCategoryScore {
    std::int64_t id = 0;
    std::string name;
    std::size_t objects = 0;  ///< in the ground truth, crowds left out
    double ap = -1, ap50 = -1, ap75 = -1;
    double recall = -1;  ///< mean over the IoU thresholds, as AR, at the last max_detections
};

/// The twelve figures of COCO, in [0, 1]; -1 where nothing counts. Means over the categories that
/// have objects; ap, recall[] and the area figures also over IoU 0.50:0.05:0.95.
struct CocoSummary {
    double ap = -1, ap50 = -1, ap75 = -1;
    double ap_small = -1, ap_medium = -1, ap_large = -1;  ///< area to 32^2, 32^2..96^2, from 96^2
    std::array<double, 3> recall{-1, -1, -1};             ///< AR at each of max_detections
    double recall_small = -1, recall_medium = -1, recall_large = -1;
    std::size_t images = 0;                     ///< judged
    std::size_t detections = 0;                 ///< added
    std::vector<CocoCategoryScore> categories;  ///< by ascending id
};

/// Collects detections and judges them as T.-Y. Lin et al., "Microsoft COCO: common objects in
/// context" (2014) and its reference evaluation do: greedy matching by descending score, crowds,
/// 101-point interpolated precision, equal scores in the order of ascending image id and then of
/// adding. One thread at a time; summary() may be called at any point and again.
class CocoEvaluator {
  public:
    /// `dataset` must outlive the evaluator. Errors: invalid_argument for max_detections that are
    /// not positive and ascending.
    static Result<CocoEvaluator> create(const CocoDataset& dataset,
                                        const CocoOptions& options = {});

    /// The detections of one image, boxes in its pixels. `category_of_class` gives the category for
    /// each class_id; detections of a class without one are left out. An image is added once.
    /// Errors: invalid_argument for an unknown image, one added before, a class_id outside the map,
    /// a category that the data set lacks, or a box or score that is not finite.
    Result<void> add(std::int64_t image_id, std::span<const Detection> detections,
                     std::span<const std::optional<std::int64_t>> category_of_class);

    [[nodiscard]] CocoSummary summary() const;
    /// The judgements that summary().ap is made of, for samples of the images.
    [[nodiscard]] CocoByImage by_image() const;

  private:
    // What one image has of one category.
    struct Cell {
        std::vector<const CocoAnnotation*> truth;
        std::vector<ScoredBox> found;
    };

    CocoEvaluator(const CocoDataset& dataset, const CocoOptions& options);

    const CocoDataset* dataset_;
    CocoOptions options_;
    std::vector<std::int64_t> image_ids_, category_ids_;      // ascending
    std::unordered_map<std::int64_t, std::size_t> image_at_;  // id to its place in image_ids_
    std::unordered_map<std::int64_t, std::size_t> category_at_;
    std::vector<bool> added_;
    // By category, then by image; only images that have something of the category.
    std::vector<std::map<std::size_t, Cell>> cells_;
    std::size_t detections_ = 0;
};

}  // namespace saccade::eval
