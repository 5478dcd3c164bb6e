#include "track/zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace saccade::track {
namespace {

/// An object unseen for so long has left: longer than any tracker waits by default, and no id comes
/// back after that.
constexpr double forget_seconds = 60;

/// How far from a line it is clear on which side an object is, in parts of its height.
constexpr double margin = 0.05;

constexpr double prolonged_seconds = 0.6;  ///< a track at both ends, besides a step
constexpr double longest_step = 0.5;       ///< s: who knows what went on in a longer one?
constexpr double gone_seconds = 2;         ///< after so long unseen
constexpr double unlimited = 1e9;          ///< s: by nothing but prolonged_seconds
constexpr double least_seconds = 0.3;      ///< in which a velocity is measured
constexpr double velocity_seconds = 2;     ///< up to so long

/// Twice the area of the triangle a, b, p: above 0 where p is right of a -> b (y points down).
double side(Point a, Point b, Point p) {
    return (static_cast<double>(b.x) - a.x) * (static_cast<double>(p.y) - a.y) -
           (static_cast<double>(b.y) - a.y) * (static_cast<double>(p.x) - a.x);
}

/// Where an object touches the ground.
Point foot(const Box& b) {
    return {b.center_x(), b.y2};
}

/// At `part` of the way from a to b: 0 is a, 1 is b.
Point between(Point a, Point b, double part) {
    const auto p = static_cast<float>(part);
    return {a.x + p * (b.x - a.x), a.y + p * (b.y - a.y)};
}

/// `from`, `time` seconds on (or back) at the velocity between two sightings.
template <typename Sighting>
Sighting prolonged(const Sighting& early, const Sighting& late, Sighting from, double time) {
    const auto part = static_cast<float>(time / seconds(late.at - early.at));
    from.foot.x += part * (late.foot.x - early.foot.x);
    from.foot.y += part * (late.foot.y - early.foot.y);
    from.at += Timestamp(static_cast<Timestamp::rep>(1e9 * time));
    return from;
}

bool inside(const std::vector<Point>& corners, Point p) {
    bool in = false;
    for (std::size_t i = 0, j = corners.size() - 1; i < corners.size(); j = i++) {
        const Point a = corners[i], b = corners[j];
        if ((a.y > p.y) == (b.y > p.y)) continue;
        if (p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) in = !in;
    }
    return in;
}

}  // namespace

Counter::Counter(std::vector<Line> lines, std::vector<Zone> zones, Ends ends)
    : ends_(ends),
      lines_(std::move(lines)),
      zones_(std::move(zones)),
      line_counts_(lines_.size()),
      zone_counts_(zones_.size()) {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (lines_[i].name.empty()) lines_[i].name = fmt::format("line {}", i + 1);
    }
    for (std::size_t i = 0; i < zones_.size(); ++i) {
        if (zones_[i].name.empty()) zones_[i].name = fmt::format("zone {}", i + 1);
    }
}

void Counter::update(std::span<const Track> tracks, Timestamp pts) {
    crossings_.clear();
    if (std::exchange(gap_, false) && started_) cross_gap(pts);
    if (started_) step_ = std::min(longest_step, seconds(pts - now_));
    started_ = true;
    for (auto& counts : zone_counts_) {
        for (auto& [class_id, of_class] : counts) of_class.inside = 0;
    }
    for (const Track& t : tracks) {
        if (t.state != TrackState::confirmed) continue;
        const Sighting now{t.id, t.class_id, pts, foot(t.box), t.box.height()};
        const auto [entry, fresh] = objects_.try_emplace(t.id);
        Object& o = entry->second;
        if (fresh) {
            o.first = o.last = o.before = o.middle = now;
            o.lines.resize(lines_.size());
            o.zones.resize(zones_.size());
        }
        for (std::size_t i = 0; i < lines_.size(); ++i) cross(i, o.lines[i], now);
        for (std::size_t i = 0; i < zones_.size(); ++i) {
            stay(i, o.zones[i], now.foot, seconds(pts - o.last.at), t.class_id);
        }
        move(o, now);
    }
    now_ = pts;
    for (auto& [id, o] : objects_) {
        if (!o.went && seconds(pts - o.last.at) >= gone_seconds) go(o, unlimited);
    }
    forget(pts);
    sort_crossings();
}

void Counter::finish() {
    crossings_.clear();
    for (auto& [id, o] : objects_) {
        if (!o.went && o.last.at < now_) go(o, unlimited);
    }
    sort_crossings();
}

/// Whoever was lost before is followed as far as pictures go, and nobody into the dark.
void Counter::cross_gap(Timestamp pts) {
    watched_since_ = pts;
    for (auto& [id, o] : objects_) {
        if (!o.went) go(o, seconds(now_ - o.last.at));
    }
}

void Counter::move(Object& o, const Sighting& now) {
    o.last = now;
    o.went = ends_ == Ends::as_seen;
    if (seconds(now.at - o.middle.at) >= 0.5 * velocity_seconds) {
        o.before = o.middle;
        o.middle = now;
    }
    if (o.came || seconds(now.at - o.first.at) < least_seconds) return;
    o.came = true;
    if (ends_ == Ends::prolonged) come(o);
}

// As if it had been seen before, on the way that it came.
void Counter::come(const Object& o) {
    double time = prolonged_seconds + step_;
    if (watched_since_) time = std::min(time, seconds(o.first.at - *watched_since_));
    if (!(time > 0)) return;
    const Sighting before = prolonged(o.first, o.last, o.first, -time);
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (o.lines[i].crossed) continue;
        OnLine way;
        cross(i, way, before);
        cross(i, way, o.last);
    }
}

// As if it were seen once more, on the way that it went.
void Counter::go(Object& o, double most) {
    o.went = true;
    if (!(most > 0) || seconds(o.last.at - o.before.at) < least_seconds) return;
    const double time = std::min(prolonged_seconds + step_, most);
    const Sighting after = prolonged(o.before, o.last, o.last, time);
    for (std::size_t i = 0; i < lines_.size(); ++i) cross(i, o.lines[i], after);
}

void Counter::sort_crossings() {
    std::sort(crossings_.begin(), crossings_.end(), [](const Crossing& a, const Crossing& b) {
        return std::tie(a.at, a.id, a.line) < std::tie(b.at, b.id, b.line);
    });
}

void Counter::cross(std::size_t line, OnLine& state, const Sighting& now) {
    const Point start = lines_[line].start, end = lines_[line].end;
    const double length =
        std::hypot(static_cast<double>(end.x) - start.x, static_cast<double>(end.y) - start.y);
    const double s = side(start, end, now.foot);
    if (!(std::abs(s) > margin * now.height * length)) return;  // too near to tell
    const bool right = s > 0;
    // The way between two settled points crosses where the line's ends are on both sides of it.
    if (state.known && right != state.right &&
        (side(state.settled, now.foot, start) > 0) != (side(state.settled, now.foot, end) > 0)) {
        state.crossed = true;
        LineCounts& counts = line_counts_[line][now.class_id];
        ++(right ? counts.in : counts.out);
        const double before = side(start, end, state.settled), part = before / (before - s);
        const auto waited = static_cast<double>((now.at - state.at).count());
        crossings_.push_back({line, now.id, now.class_id, right,
                              state.at + Timestamp(static_cast<Timestamp::rep>(part * waited)),
                              between(state.settled, now.foot, part), now.height});
    }
    state = {true, now.foot, now.at, right, state.crossed};
}

void Counter::stay(std::size_t zone, InZone& state, Point at, double step, int class_id) {
    const bool now_inside = inside(zones_[zone].corners, at);
    const bool stayed = now_inside && state.inside;
    state.inside = now_inside;
    if (!now_inside) return;
    if (!state.visited) {
        state.visited = true;
        state.class_id = class_id;
        ++zone_counts_[zone][class_id].visitors;
    }
    ZoneCounts& counts = zone_counts_[zone][state.class_id];
    ++counts.inside;
    if (!stayed) return;
    state.seconds += step;
    counts.dwell_seconds += step;
    counts.longest_seconds = std::max(counts.longest_seconds, state.seconds);
}

void Counter::forget(Timestamp pts) {
    if (seconds(pts - swept_) < forget_seconds) return;
    swept_ = pts;
    std::erase_if(objects_, [&](const auto& entry) {
        return seconds(pts - entry.second.last.at) > forget_seconds;
    });
}

CountSummary Counter::summary() const {
    CountSummary all;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        all.lines.push_back({lines_[i].name, line_counts_[i]});
    }
    for (std::size_t i = 0; i < zones_.size(); ++i) {
        all.zones.push_back({zones_[i].name, zone_counts_[i]});
    }
    return all;
}

}  // namespace saccade::track
