// What every metric that pairs boxes with boxes counts and makes of it.
#pragma once

#include <algorithm>

#include "eval/mot_sequence.h"

namespace saccade::eval {

/// Counts are whole numbers of boxes. A match is an IoU of 0.5 or more.
struct MatchScore {
    double true_positives = 0, false_negatives = 0, false_positives = 0;
    double recall = 0, precision = 0, f1 = 0;

    /// What of the sequence's boxes was not matched.
    void count_rest(const MotSequence& sequence) {
        false_negatives = static_cast<double>(sequence.all_truth_boxes) - true_positives;
        false_positives = static_cast<double>(sequence.all_track_boxes) - true_positives;
    }
    void add_counts(const MatchScore& other) {
        true_positives += other.true_positives;
        false_negatives += other.false_negatives;
        false_positives += other.false_positives;
    }
    /// The ratios of the counts.
    void finish() {
        const double tp = true_positives, fn = false_negatives, fp = false_positives;
        recall = tp / std::max(1.0, tp + fn);
        precision = tp / std::max(1.0, tp + fp);
        f1 = tp / std::max(1.0, tp + 0.5 * fn + 0.5 * fp);
    }
};

}  // namespace saccade::eval
