// Mean average precision of samples of a data set's images: how sure a difference between two
// networks is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/coco_judge.h"

namespace saccade::eval {

/// What CocoEvaluator judged, image by image; all areas, at the last of its max_detections.
struct CocoByImage {
    struct Found {
        std::size_t image = 0;  ///< from 0, by ascending id
        JudgedDetection judged;
    };
    struct Category {
        std::vector<Found> found;          ///< by descending score
        std::vector<std::size_t> objects;  ///< by image
    };
    std::size_t images = 0, max_detections = 100;
    std::vector<Category> categories;
};

/// mAP50-95 of the images, each counted so many times; -1 where none has an object.
double average_precision(const CocoByImage& judged, std::span<const std::uint32_t> times);

/// 95 % of the differences lie between.
struct Interval {
    double low = 0, high = 0;
};

/// mAP of `b` less that of `a` on the same images, drawn with replacement (B. Efron, 1979). Both
/// must be of one data set. The same seed gives the same interval on every machine.
Interval paired_bootstrap(const CocoByImage& a, const CocoByImage& b, std::size_t samples = 500,
                          std::uint64_t seed = 1);

}  // namespace saccade::eval
