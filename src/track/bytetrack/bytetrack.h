// ByteTrack: every detection box is associated, also the unsure ones.
#pragma once

#include "track/kalman/xyah_filter.h"
#include "track/two_stage.h"

namespace saccade::track {

/// The paper's tracker is the two-stage way with DeepSORT's filter and nothing else.
class ByteTrack final : public TwoStageTracker<XyahFilter> {
  public:
    using TwoStageTracker::TwoStageTracker;
};

}  // namespace saccade::track
