// The way of ByteTrack, which BoT-SORT shares: sure detections first, then the unsure ones.
//
// Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", ECCV 2022.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "track/association.h"
#include "track/boxes.h"
#include "track/kalman/axis_filter.h"
#include "track/lifecycle.h"
#include "track/timeline.h"
#include "track/tracker.h"

namespace saccade::track {

/// ByteTrack's settings as published, with its 30 frames of waiting as 1 s. Overlaps are IoU in
/// [0, 1], times the detection's score where scores are fused.
struct TwoStageOptions {
    float high_score = 0.5F;       ///< tau_high: from here up stage one, below it stage two
    float low_score = 0.1F;        ///< below it a detection is noise
    float new_score = 0.6F;        ///< starts a track
    float match_iou = 0.2F;        ///< stage one, fused
    float low_iou = 0.5F;          ///< stage two, never fused
    float unconfirmed_iou = 0.3F;  ///< of a track seen once so far, fused
    float duplicate_iou = 0.85F;   ///< above it a seen and a lost track are one object
    /// Frames so far apart (s) are sparse: what scores `sparse_score` is believed at once there.
    /// (No part of the papers, where it never happens.)
    double sparse_step = std::numeric_limits<double>::infinity();
    float sparse_score = 0.8F;
    double lost_seconds = 1.0;
    bool fuse_score = true;
    bool class_aware = true;
    Reporting reporting;
};

/// `Filter` is a box filter: Filter(Box), predict(n), update(Box), hold_size(), box(),
/// velocity_x(), velocity_y(). What other trackers add hangs on the protected virtual functions.
template <typename Filter>
class TwoStageTracker : public Tracker {
  public:
    explicit TwoStageTracker(const TwoStageOptions& options) : options_(options) {}

    Result<void> update(const Observation& observation, std::vector<Track>& tracks) final;
    void reset() final;

  protected:
    struct Object {
        Identity identity;
        Filter filter;
        int memory = -1;  ///< where a derived tracker keeps more of it
        bool gone = false;
    };

    enum class Stage {
        sure,        ///< believed objects, seen or lost, and sure detections
        unsure,      ///< those of them seen in the frame before, and unsure detections
        unconfirmed  ///< objects seen once, and the sure detections that are left
    };

    /// What else happens to a lost object while `frames` nominal frames go by.
    virtual void coast(Object& object, double /*frames*/) { object.filter.hold_size(); }
    /// By what part of their size all boxes of a stage grow on each side before they are
    /// overlapped, `step` seconds after the frame before.
    [[nodiscard]] virtual float reach(Stage, double /*step*/) const { return 0; }
    /// After all objects were predicted, before any is associated. `sure`: detections of stage one.
    virtual void begin(const Observation&, std::span<const int> /*sure*/, std::span<Object>) {}
    /// The costs of a stage: row r of `pairs` is objects[rows[r]], its column c is detection
    /// cols[c]. They stand at 1 - IoU; gated at 1 - the least overlap.
    virtual void weigh(Stage stage, const Observation& observation, std::span<const Object> objects,
                       std::span<const int> rows, std::span<const int> cols, PairList& pairs) {
        (void)objects, (void)rows;
        if (stage != Stage::unsure && options_.fuse_score) fuse_scores(observation, cols, pairs);
    }
    /// `object` was given a sure detection, or begins with it.
    virtual void seen(const Observation&, Object&, int /*detection*/) {}
    /// `object` was seen for the second time, or is believed at once, and is reported from now on.
    /// It may be given an id of before, as long as no other has it.
    virtual void believed(const Observation&, Object&) {}
    /// `object` is about to be forgotten.
    virtual void forget(Object&) {}
    /// All objects were, by reset().
    virtual void forgot_all() {}

    /// Overlaps weighed by the score of the detection: 1 - IoU * score.
    static void fuse_scores(const Observation& observation, std::span<const int> cols,
                            PairList& pairs) {
        for (std::size_t r = 0; r < pairs.rows(); ++r) {
            for (auto& [c, cost] : pairs.row(r)) {
                cost = 1 - (1 - cost) * observation.detections[cols[c]].score;
            }
        }
    }

  private:
    void predict(double frames, Timestamp now);
    void associate(const Observation& observation, Stage stage, const std::vector<int>& rows,
                   const std::vector<int>& cols, float least_overlap);
    void start(const Observation& observation, const std::vector<int>& cols, bool at_start);
    void drop_duplicates();
    void report(std::vector<Track>& tracks) const;
    template <typename Condition>
    void forget_if(Condition condition);

    TwoStageOptions options_;
    Timeline timeline_;
    double step_ = 0;  // s, to the frame at hand
    std::int64_t next_id_ = 1;
    std::vector<Object> objects_;  // by ascending id

    // Working memory of one update.
    std::vector<int> high_, low_, high_left_;          // detections
    std::vector<int> pool_, pool_left_, unconfirmed_;  // objects
    BoxColumns row_boxes_, col_boxes_;
    PairFinder finder_;
    PairList pairs_;
    Association association_;
};

}  // namespace saccade::track

#include "track/two_stage_impl.h"
