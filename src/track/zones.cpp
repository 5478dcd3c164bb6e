#include "track/zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace saccade::track {
namespace {

/// An object unseen for so long has left: longer than any tracker waits by default, and no id comes
/// back after that.
constexpr double forget_seconds = 60;

/// How far from a line it is clear on which side an object is, in parts of its height.
constexpr double margin = 0.05;

/// Twice the area of the triangle a, b, p: above 0 where p is right of a -> b (y points down).
double side(Point a, Point b, Point p) {
    return (static_cast<double>(b.x) - a.x) * (static_cast<double>(p.y) - a.y) -
           (static_cast<double>(b.y) - a.y) * (static_cast<double>(p.x) - a.x);
}

/// Where an object touches the ground.
Point foot(const Box& b) {
    return {b.center_x(), b.y2};
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

Counter::Counter(std::vector<Line> lines, std::vector<Zone> zones)
    : lines_(std::move(lines)),
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
    for (auto& counts : zone_counts_) {
        for (auto& [class_id, of_class] : counts) of_class.inside = 0;
    }
    for (const Track& t : tracks) {
        if (t.state != TrackState::confirmed) continue;
        const auto [entry, fresh] = objects_.try_emplace(t.id);
        Object& o = entry->second;
        if (fresh) {
            o.seen = pts;
            o.lines.resize(lines_.size());
            o.zones.resize(zones_.size());
        }
        const Point at = foot(t.box);
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            cross(i, o.lines[i], t, pts);
        }
        for (std::size_t i = 0; i < zones_.size(); ++i) {
            stay(i, o.zones[i], at, seconds(pts - o.seen), t.class_id);
        }
        o.seen = pts;
    }
    forget(pts);
}

void Counter::cross(std::size_t line, OnLine& state, const Track& track, Timestamp pts) {
    const auto& [start, end, name] = lines_[line];
    const double length =
        std::hypot(static_cast<double>(end.x) - start.x, static_cast<double>(end.y) - start.y);
    const Point at = foot(track.box);
    const double s = side(start, end, at);
    if (!(std::abs(s) > margin * track.box.height() * length)) return;  // too near to tell
    const bool right = s > 0;
    // The way between two settled points crosses where the line's ends are on both sides of it.
    if (state.known && right != state.right &&
        (side(state.settled, at, start) > 0) != (side(state.settled, at, end) > 0)) {
        LineCounts& counts = line_counts_[line][track.class_id];
        ++(right ? counts.in : counts.out);
        const double before = side(start, end, state.settled), part = before / (before - s);
        const auto along = [&](float from, float to) {
            return from + static_cast<float>(part) * (to - from);
        };
        const auto waited = static_cast<double>((pts - state.at).count());
        crossings_.push_back({line, track.id, track.class_id, right,
                              state.at + Timestamp(static_cast<Timestamp::rep>(part * waited)),
                              {along(state.settled.x, at.x), along(state.settled.y, at.y)}});
    }
    state = {true, at, pts, right};
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
        return seconds(pts - entry.second.seen) > forget_seconds;
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
