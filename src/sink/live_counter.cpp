#include "sink/live_counter.h"

#include <algorithm>
#include <utility>

namespace saccade::sink {
namespace {

/// Errors: those of count_places().
Result<track::Counter> counter_of(const LiveShapes& live) {
    const LiveShapes::Shapes shapes = live.get();
    auto places = count_places(shapes.lines, shapes.zones, live.ground());
    if (!places) return fail(places.error());
    return track::Counter(std::move(places->lines), std::move(places->zones));
}

template <typename Shape>
Shape& named(std::vector<Shape>& shapes, const std::string& name) {
    for (Shape& shape : shapes) {
        if (shape.name == name) return shape;
    }
    shapes.push_back({name, {}});
    return shapes.back();
}

/// Adds later counts to earlier ones.
void add(const track::CountSummary& later, track::CountSummary& sum) {
    for (const auto& line : later.lines) {
        auto& by_class = named(sum.lines, line.name).by_class;
        for (const auto& [id, n] : line.by_class) {
            by_class[id].in += n.in;
            by_class[id].out += n.out;
        }
    }
    for (const auto& zone : later.zones) {
        auto& by_class = named(sum.zones, zone.name).by_class;
        for (const auto& [id, n] : zone.by_class) {
            track::ZoneCounts& all = by_class[id];
            all.visitors += n.visitors;
            all.inside = n.inside;
            all.dwell_seconds += n.dwell_seconds;
            all.longest_seconds = std::max(all.longest_seconds, n.longest_seconds);
        }
    }
}

}  // namespace

Result<CountPlaces> count_places(const std::vector<std::string>& lines,
                                 const std::vector<std::string>& zones,
                                 const track::GroundPlane* ground) {
    CountPlaces places;
    for (const std::string& text : lines) {
        auto line = track::parse_line(text);
        if (line) line = track::in_pixels(std::move(*line), ground);
        if (!line) return fail(line.error());
        places.lines.push_back(std::move(*line));
    }
    for (const std::string& text : zones) {
        auto zone = track::parse_zone(text);
        if (zone) zone = track::in_pixels(std::move(*zone), ground);
        if (!zone) return fail(zone.error());
        places.zones.push_back(std::move(*zone));
    }
    return places;
}

LiveCounter::LiveCounter(std::shared_ptr<const LiveShapes> shapes)
    : shapes_(std::move(shapes)), counter_({}, {}) {
    if (shapes_ == nullptr) return;
    version_ = shapes_->version();
    auto counter = counter_of(*shapes_);
    if (counter) {
        counter_ = std::move(*counter);
    } else {
        state_ = fail(counter.error());
    }
}

Result<void> LiveCounter::update(const FrameResult& result) {
    if (!state_) return state_;
    if (shapes_ != nullptr && version_ != shapes_->version()) {
        if (auto changed = follow_shapes(); !changed) return changed;
    }
    if (result.boundary != nullptr && !result.boundary->outages.empty()) counter_.gap();
    counter_.update(result.tracks, result.pts);
    return {};
}

track::CountSummary LiveCounter::finish() {
    counter_.finish();
    track::CountSummary summary = counter_.summary();
    if (before_.lines.empty() && before_.zones.empty()) return summary;
    add(summary, before_);
    return std::move(before_);
}

Result<void> LiveCounter::follow_shapes() {
    version_ = shapes_->version();
    auto counter = counter_of(*shapes_);
    if (!counter) return fail(counter.error());
    counter_.finish();
    add(counter_.summary(), before_);
    counter_ = std::move(*counter);
    return {};
}

}  // namespace saccade::sink
