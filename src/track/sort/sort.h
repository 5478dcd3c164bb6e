// SORT: a Kalman filter and one assignment, the baseline.
//
// Bewley et al., "Simple Online and Realtime Tracking", ICIP 2016.
#pragma once

#include <cstdint>
#include <vector>

#include "track/association.h"
#include "track/kalman/xysr_filter.h"
#include "track/lifecycle.h"
#include "track/timeline.h"
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
    explicit Sort(const SortOptions& options) : options_(options) {}

    Result<void> update(const Observation& observation, std::vector<Track>& tracks) override;
    void reset() override;

  private:
    struct Object {
        Identity identity;
        XysrFilter filter;
        int hits = 1;  ///< in a row
        bool gone = false;
    };

    void predict(double frames, Timestamp now);
    void associate(std::span<const Detection> detections);
    void take(Object& object, const Detection& detection, int index, Timestamp now) const;

    SortOptions options_;
    Timeline timeline_;
    std::int64_t next_id_ = 1;
    int frames_ = 0;               ///< since the start or reset, as far as it matters
    std::vector<Object> objects_;  // by ascending id

    std::vector<int> chosen_;
    BoxColumns row_boxes_, col_boxes_;
    Matrix cost_;
    Association association_;
};

}  // namespace saccade::track
