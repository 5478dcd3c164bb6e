// OC-SORT: SORT that trusts observations more than its filter's guesses.
//
// Cao et al., "Observation-Centric SORT: Rethinking SORT for Robust Multi-Object Tracking", CVPR
// 2023.
#pragma once

#include <span>
#include <vector>

#include "track/association.h"
#include "track/kalman/xysr_filter.h"
#include "track/lifecycle.h"
#include "track/ocsort/observations.h"
#include "track/population.h"
#include "track/tracker.h"

namespace saccade::track {

/// The paper's settings; its 30 frames of waiting are 1 s here and its delta_t of 3 frames 0.1 s.
struct OcSortOptions {
    float min_score = 0.6F;  ///< below it a detection is not looked at
    float match_iou = 0.3F;
    double lost_seconds = 1.0;
    double momentum_seconds = 0.1;  ///< span over which a direction of motion is measured
    float momentum_weight = 0.2F;   ///< lambda of the paper, "inertia" of its code
    int min_hits = 3;               ///< detections in a row before an object is believed
    bool class_aware = true;
    Reporting reporting;
};

/// Observation-centric in three ways:
/// - momentum (OCM): a pair costs more when it asks the object to turn;
/// - recovery (OCR): what is left over is tried again against each object's last observation;
/// - re-update (ORU): an object found again has its filter redone along a straight way from where
///   it was last seen, in steps of the nominal 1/30 s, so that what was guessed meanwhile is gone.
/// Track::box is the observation itself where there is one, as in the paper.
class OcSort final : public Tracker {
  public:
    explicit OcSort(const OcSortOptions& options)
        : options_(options), objects_(options.min_hits, options.lost_seconds, options.reporting) {}

    Result<void> update(const Observation& observation, std::vector<Track>& tracks) override;
    void reset() override { objects_.reset(); }

  private:
    struct Object : CountedObject {
        XysrFilter last_updated;  ///< as it was after the last observation
        Observations observations;
    };
    void associate_predictions(std::span<const Detection> detections, Timestamp now);
    void associate_last_observations(std::span<const Detection> detections, Timestamp now);
    void forbid_other_classes(std::span<const Detection> detections, const std::vector<int>& rows,
                              const std::vector<int>& cols);
    void take_matches(std::span<const Detection> detections, const std::vector<int>& rows,
                      const std::vector<int>& cols, Timestamp now);
    void re_update(Object& object, const Box& box, Timestamp now) const;

    OcSortOptions options_;
    Population<Object> objects_;

    std::vector<int> rows_, cols_, rows_left_, cols_left_;
    BoxColumns row_boxes_, col_boxes_;
    PairFinder finder_;
    PairList pairs_;
    Association association_;
};

}  // namespace saccade::track
