// Our own tracker: BoT-SORT that also sees the camera's motion in the detections.
#pragma once

#include "track/botsort/botsort.h"
#include "track/saccade/consensus.h"

namespace saccade::track {

/// BoT-SORT's two stages, filter, camera motion and appearance, with changes found on MOT17-04 and
/// 11 at 30, 15 and 10 fps (not on 05 and 10, where bench/results/trackers.md reports it):
/// - what all predictions miss by alike is taken for the camera's motion (Consensus) before
/// anything
///   is associated, on top of the motion that a caller estimated from the picture, if any;
/// - overlaps of sure detections are weighed by how well the heights agree, which tells the near
///   from the far (after Hybrid-SORT's height-modulated IoU, Yang et al. 2024, its square root);
/// - an unseen object is waited for 2 s, and scores are cut as in ByteTrack.
class Saccade final : public BotSort {
  public:
    explicit Saccade(const BotSortOptions& options) : BotSort(options) {}

  private:
    void begin(const Observation& observation, std::span<const int> sure,
               std::span<Object> objects) override;
    void weigh(const Observation& observation, std::span<const Object> objects,
               std::span<const int> rows, std::span<const int> cols, PairList& pairs) override;

    Consensus consensus_;
    BoxColumns predicted_, seen_;
};

}  // namespace saccade::track
