// How SORT and OC-SORT keep their objects: believed after some detections, forgotten when long
// unseen.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "saccade/error.h"
#include "track/kalman/xysr_filter.h"
#include "track/lifecycle.h"
#include "track/timeline.h"
#include "track/tracker.h"

namespace saccade::track {

/// What both know of an object; OC-SORT's derives from it.
struct CountedObject {
    Identity identity;
    XysrFilter filter;
    int hits = 1;  ///< detections so far
    bool gone = false;
};

/// The objects of one stream, by ascending id. A frame goes: begin_frame, then seen() or missed()
/// for each object, drop_missed, add, report.
template <typename Object>
class Population {
  public:
    Population(int min_hits, double lost_seconds, const Reporting& reporting)
        : min_hits_(min_hits), lost_seconds_(lost_seconds), reporting_(reporting) {}

    [[nodiscard]] std::span<Object> all() noexcept { return objects_; }
    [[nodiscard]] Object& operator[](std::size_t place) noexcept { return objects_[place]; }
    [[nodiscard]] std::size_t size() const noexcept { return objects_.size(); }

    /// Forgets who is lost for too long and predicts the others. Errors: those of
    /// Timeline::step_to.
    Result<void> begin_frame(const Observation& observation) {
        const auto step = timeline_.step_to(observation);
        if (!step) return fail(step.error());
        timeline_.accept(observation.pts);
        frames_ = std::min(frames_ + 1, min_hits_ + 1);
        std::erase_if(objects_, [&](const Object& o) {
            return o.identity.state == TrackState::lost &&
                   seconds(observation.pts - o.identity.seen) > lost_seconds_;
        });
        for (Object& o : objects_) {
            o.identity.begin_frame();
            o.filter.predict(*step * nominal_rate);
        }
        return {};
    }

    /// The filter is the caller's to update.
    void seen(Object& object, const Detection& detection, int index, Timestamp now) const noexcept {
        Identity& identity = object.identity;
        identity.take(detection, index, now);
        ++object.hits;
        if (identity.state == TrackState::lost || object.hits >= min_hits_) {
            identity.state = TrackState::confirmed;
        }
    }

    /// One that was not believed yet is forgotten: drop_missed().
    void missed(Object& object) const noexcept {
        object.gone = object.identity.state == TrackState::tentative;
        object.identity.state = TrackState::lost;
    }

    void drop_missed() {
        std::erase_if(objects_, [](const Object& o) { return o.gone; });
    }

    /// A new object of detection `index`; `further` are its parts behind the counted ones.
    template <typename... Further>
    void add(const Detection& detection, int index, Timestamp now, Further&&... further) {
        CountedObject counted{Identity::of(next_id_++, detection, index, now),
                              XysrFilter(detection.box)};
        objects_.push_back(Object{counted, std::forward<Further>(further)...});
        // Who is there at the start has had no chance to be seen before.
        if (frames_ <= min_hits_ || min_hits_ <= 1) {
            objects_.back().identity.state = TrackState::confirmed;
        }
    }

    /// `box_of(object)` is the box to tell.
    template <typename BoxOf>
    void report(std::vector<Track>& tracks, BoxOf&& box_of) const {
        tracks.clear();
        for (const Object& o : objects_) {
            if (!reporting_.wants(o.identity.state)) continue;
            tracks.push_back(
                o.identity.report(box_of(o), o.filter.velocity_x(), o.filter.velocity_y()));
        }
    }

    /// Forgets all but the ids given.
    void reset() {
        objects_.clear();
        timeline_.reset();
        frames_ = 0;
    }

  private:
    int min_hits_;
    double lost_seconds_;
    Reporting reporting_;
    Timeline timeline_;
    std::int64_t next_id_ = 1;
    int frames_ = 0;  ///< since the start or reset, as far as it matters
    std::vector<Object> objects_;
};

}  // namespace saccade::track
