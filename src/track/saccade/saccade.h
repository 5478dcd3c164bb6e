// Our own tracker: BoT-SORT that also sees the camera's motion in the detections.
#pragma once

#include "track/botsort/botsort.h"
#include "track/saccade/consensus.h"

namespace saccade::track {

/// BoT-SORT's two stages, filter, camera motion and appearance, with two changes found on MOT17-04
/// and 11 at 30, 15 and 10 fps (never on 05 and 10, where bench/results/trackers.md reports it):
/// - what all predictions miss by alike is taken for the camera's motion (Consensus) before
/// anything
///   is associated, on top of the motion that a caller estimated from the picture, if any;
/// - an unseen object is waited for 2 s.
class Saccade final : public BotSort {
  public:
    explicit Saccade(const BotSortOptions& options) : BotSort(options) {}

  private:
    void begin(const Observation& observation, std::span<const int> sure,
               std::span<Object> objects) override;

    Consensus consensus_;
    BoxColumns predicted_, seen_;
};

}  // namespace saccade::track
