// How objects move over the ground.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "saccade/types.h"
#include "track/ground.h"
#include "track/kalman/plane_filter.h"

namespace saccade::track {

/// Gives the tracks of one stream their place on the ground: the middle of a box's lower edge,
/// smoothed by a filter of constant velocity in metres, so that near and far are weighed by how
/// many metres a pixel is there. One thread at a time.
class GroundMotion {
  public:
    explicit GroundMotion(const GroundPlane& plane) : plane_(plane) {}

    /// Sets Track::ground of the frame's tracks, those with guessed boxes left out. Frames come in
    /// order of time. An object that was without a place for 2 s starts anew.
    void follow(FrameResult& frame);

  private:
    struct Object {
        PlaneFilter filter;
        Timestamp first{0}, last{0};
        GroundPoint anchor;   ///< up to where its way is measured
        double distance = 0;  ///< m, up to the anchor
    };
    void forget(Timestamp now);

    GroundPlane plane_;
    std::unordered_map<std::int64_t, Object> objects_;
    Timestamp swept_{0};
};

}  // namespace saccade::track
