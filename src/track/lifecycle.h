// What every tracker knows of an object besides its motion, and how it is reported.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "saccade/types.h"
#include "track/boxes.h"

namespace saccade::track {

/// Identity and history of one object. State: tentative until believed, then confirmed in frames
/// where it is seen and lost in those where it is not.
struct Identity {
    std::int64_t id = 0;
    TrackState state = TrackState::tentative;
    Box raw_box;
    float score = 0;
    int class_id = 0;
    Timestamp born{0}, seen{0};  ///< times of the first and of the latest matched detection
    std::uint32_t age = 0;
    int detection = -1;  ///< of the frame at hand, -1 where unseen

    [[nodiscard]] static Identity of(std::int64_t id, const Detection& d, int index,
                                     Timestamp now) noexcept {
        return {id, TrackState::tentative, d.box, d.score, d.class_id, now, now, 0, index};
    }
    /// A new frame begins: not seen in it so far.
    void begin_frame() noexcept {
        ++age;
        detection = -1;
    }
    void take(const Detection& d, int index, Timestamp now) noexcept {
        raw_box = d.box;
        score = d.score;
        class_id = d.class_id;
        seen = now;
        detection = index;
    }
    /// `box` and velocity (px/s) as the tracker's filter has them now.
    [[nodiscard]] Track report(const Box& box, float velocity_x, float velocity_y) const noexcept {
        return {id,         box,        detection >= 0 ? raw_box : box,
                score,      class_id,   state,
                velocity_x, velocity_y, age,
                detection};
    }
};

/// Which tracks a caller wants to hear of besides the confirmed ones.
struct Reporting {
    bool tentative = false, lost = false;
    [[nodiscard]] bool wants(TrackState s) const noexcept {
        return s == TrackState::confirmed || (s == TrackState::tentative ? tentative : lost);
    }
};

/// Indices of the followable detections whose score is in [least, below), in order. NaN scores are
/// in no range.
inline void select_detections(std::span<const Detection> detections, float least, float below,
                              std::vector<int>& out) {
    out.clear();
    for (std::size_t i = 0; i < detections.size(); ++i) {
        const Detection& d = detections[i];
        if (d.score >= least && d.score < below && followable(d.box)) {
            out.push_back(static_cast<int>(i));
        }
    }
}

}  // namespace saccade::track
