// SORT: a Kalman filter and one assignment, the baseline.
//
// Bewley et al., "Simple Online and Realtime Tracking", ICIP 2016.
#pragma once

#include <span>
#include <vector>

#include "track/association.h"
#include "track/lifecycle.h"
#include "track/population.h"
#include "track/tracker.h"

namespace saccade::track {

/// The paper's settings, but for `lost_seconds`: the paper waits for one frame (0.05 s at 30 fps
/// here), which its authors chose because they left finding again to others.
struct SortOptions {
    float min_score = 0.25F;  ///< below it a detection is not looked at
    float match_iou = 0.3F;
    double lost_seconds = 1.0;
    int min_hits = 3;  ///< detections in a row before an object is believed
    bool class_aware = true;
    Reporting reporting;
};

class Sort final : public Tracker {
  public:
    explicit Sort(const SortOptions& options)
        : options_(options), objects_(options.min_hits, options.lost_seconds, options.reporting) {}

    Result<void> update(const Observation& observation, std::vector<Track>& tracks) override;
    void reset() override { objects_.reset(); }

  private:
    void associate(std::span<const Detection> detections);

    SortOptions options_;
    Population<CountedObject> objects_;

    std::vector<int> chosen_;
    BoxColumns row_boxes_, col_boxes_;
    PairFinder finder_;
    PairList pairs_;
    Association association_;
};

}  // namespace saccade::track
