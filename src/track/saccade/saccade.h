// Our own tracker: BoT-SORT that also sees the camera's motion in the detections.
#pragma once

#include "track/botsort/botsort.h"
#include "track/saccade/consensus.h"

namespace saccade::track {

/// BoT-SORT's two stages, filter, camera motion and appearance, and beside them what a search on
/// MOT17-04, 05, 10, 11 and ADL-Rundle-6 at 30, 15, 6 and 3 fps showed to hold up on sequences that
/// it had not seen (bench/results/trackers.md, also for what did not):
/// - what all predictions miss by alike is taken for the camera's motion (Consensus) before
///   anything is associated, on top of the motion that a caller estimated from the picture, if any;
/// - boxes reach further the longer the step was since the frame before (C-BIoU's buffer, Yang et
///   al. 2023, scaled by time), so that objects are found again at 3 fps too, also those seen once;
/// - at 15 fps and below a sure object is believed at its first sighting, since the second comes
///   late;
/// - overlaps of sure detections are weighed by how well the heights agree, which tells the near
///   from the far (Hybrid-SORT's height-modulated IoU, Yang et al. 2024), and unsure ones cost more
///   the less their score is like the object's (its confidence cue);
/// - an unseen object slows down, and is waited for 2 s; scores are cut as in ByteTrack.
class Saccade final : public BotSort {
  public:
    explicit Saccade(const BotSortOptions& options) : BotSort(options) {}

  private:
    void begin(const Observation& observation, std::span<const int> sure,
               std::span<Object> objects) override;
    void weigh(Stage stage, const Observation& observation, std::span<const Object> objects,
               std::span<const int> rows, std::span<const int> cols, PairList& pairs) override;
    void coast(Object& object, double frames) override;
    [[nodiscard]] float reach(Stage stage, double step) const override;

    Consensus consensus_;
    BoxColumns predicted_, seen_;
};

}  // namespace saccade::track
