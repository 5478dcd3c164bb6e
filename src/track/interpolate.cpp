#include "track/interpolate.h"

#include <algorithm>
#include <utility>

namespace saccade::track {
namespace {

Box between(const Box& a, const Box& b, float t) {
    const auto mix = [t](float from, float to) { return from + t * (to - from); };
    return {mix(a.x1, b.x1), mix(a.y1, b.y1), mix(a.x2, b.x2), mix(a.y2, b.y2)};
}

/// Puts a track in its place by id, over the one of the same id where there is one.
void put(std::vector<Track>& tracks, const Track& track) {
    const auto at = std::lower_bound(tracks.begin(), tracks.end(), track.id,
                                     [](const Track& t, std::int64_t id) { return t.id < id; });
    if (at != tracks.end() && at->id == track.id) {
        *at = track;
    } else {
        tracks.insert(at, track);
    }
}

}  // namespace

void GapFiller::push(FrameResult frame, std::vector<FrameResult>& ready) {
    waiting_.push_back(std::move(frame));
    const FrameResult& now = waiting_.back();
    const std::size_t number = next_++;
    for (const Track& t : now.tracks) {
        if (t.state != TrackState::confirmed) continue;
        const auto [at, fresh] = last_seen_.try_emplace(t.id, Seen{number, now.pts, t});
        if (fresh) continue;
        const std::size_t gap = number - at->second.frame - 1;
        if (gap > 0 && gap <= max_gap_) fill(at->second, t);
        at->second = {number, now.pts, t};
    }
    std::erase_if(last_seen_,
                  [&](const auto& entry) { return number - entry.second.frame > max_gap_; });
    while (waiting_.size() > max_gap_) {
        ready.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
}

void GapFiller::flush(std::vector<FrameResult>& ready) {
    for (FrameResult& f : waiting_) ready.push_back(std::move(f));
    waiting_.clear();
    last_seen_.clear();
}

void GapFiller::fill(const Seen& from, const Track& to) {
    const FrameResult& end = waiting_.back();
    const std::size_t first = next_ - waiting_.size();  // number of waiting_.front()
    const double span = seconds(end.pts - from.pts);
    const std::size_t frames = next_ - 1 - from.frame;
    for (std::size_t i = 1; i < frames; ++i) {
        FrameResult& frame = waiting_[from.frame + i - first];
        // Frames without a time of their own are spread evenly.
        const double part = span > 0 ? seconds(frame.pts - from.pts) / span
                                     : static_cast<double>(i) / static_cast<double>(frames);
        const auto t = static_cast<float>(part);
        Track filled = from.track;
        filled.box = between(from.track.box, to.box, t);
        filled.raw_box = filled.box;
        filled.state = TrackState::lost;
        filled.age = from.track.age + static_cast<std::uint32_t>(i);
        filled.detection = -1;
        filled.velocity_x = filled.velocity_y = 0;
        if (span > 0) {
            const auto per_second = static_cast<float>(1 / span);
            filled.velocity_x = (to.box.center_x() - from.track.box.center_x()) * per_second;
            filled.velocity_y = (to.box.center_y() - from.track.box.center_y()) * per_second;
        }
        put(frame.tracks, filled);
    }
}

}  // namespace saccade::track
