// ByteTrack: every detection box is associated, also the unsure ones.
//
// Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV 2022.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "track/association.h"
#include "track/boxes.h"
#include "track/kalman/box_filters.h"
#include "track/lifecycle.h"
#include "track/timeline.h"
#include "track/tracker.h"

namespace saccade::track {

/// The paper's settings, with its 30 frames of waiting as 1 s. Overlaps are IoU in [0, 1], times
/// the detection's score where scores are fused.
struct ByteTrackOptions {
    float high_score = 0.5F;       ///< tau_high: from here up stage one, below it stage two
    float low_score = 0.1F;        ///< below it a detection is noise
    float new_score = 0.6F;        ///< starts a track
    float match_iou = 0.2F;        ///< stage one, fused
    float low_iou = 0.5F;          ///< stage two, never fused
    float unconfirmed_iou = 0.3F;  ///< of a track seen once so far, fused
    float duplicate_iou = 0.85F;   ///< above it a seen and a lost track are one object
    double lost_seconds = 1.0;
    bool fuse_score = true;
    bool class_aware = true;
    Reporting reporting;
};

class ByteTrack final : public Tracker {
  public:
    explicit ByteTrack(const ByteTrackOptions& options) : options_(options) {}

    Result<void> update(const Observation& observation, std::vector<Track>& tracks) override;
    void reset() override;

  private:
    struct Object {
        Identity identity;
        XyahFilter filter;
        bool gone = false;
    };

    void begin_frame(double frames, Timestamp now);
    /// Pairs objects_[rows] with `cols` of the frame's detections; what is left over stays in
    /// association_ as places in the two lists.
    void associate(std::span<const Detection> detections, const std::vector<int>& rows,
                   const std::vector<int>& cols, float least_overlap, bool fuse);
    void take_matches(std::span<const Detection> detections, const std::vector<int>& rows,
                      const std::vector<int>& cols, Timestamp now);
    void start(std::span<const Detection> detections, const std::vector<int>& cols, bool at_start,
               Timestamp now);
    void drop_duplicates();
    void report(std::vector<Track>& tracks) const;

    ByteTrackOptions options_;
    Timeline timeline_;
    std::int64_t next_id_ = 1;
    std::vector<Object> objects_;  // by ascending id

    // Working memory of one update.
    std::vector<int> high_, low_, high_left_;          // detections
    std::vector<int> pool_, pool_left_, unconfirmed_;  // objects
    BoxColumns row_boxes_, col_boxes_;
    Matrix overlap_;
    Association association_;
};

}  // namespace saccade::track
