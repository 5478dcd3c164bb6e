#include "sink/trails.h"

#include <iterator>

namespace saccade::sink {

void Trails::update(std::span<const Object> objects) {
    if (length_ <= 0) return;
    ++frame_;
    for (const Object& o : objects) {
        if (o.id < 0) continue;
        trails_[o.id].push_back({frame_, {o.box.center_x(), o.box.center_y()}});
    }
    for (auto it = trails_.begin(); it != trails_.end();) {
        Trail& points = it->second;
        const auto kept = static_cast<std::uint64_t>(length_);
        while (!points.empty() && points.front().first + kept < frame_) {
            points.pop_front();
        }
        it = points.empty() ? trails_.erase(it) : std::next(it);
    }
}

std::span<const Point> Trails::points(std::int64_t id) {
    scratch_.clear();
    const auto found = trails_.find(id);
    if (found != trails_.end()) {
        for (const auto& [frame, point] : found->second) scratch_.push_back(point);
    }
    return scratch_;
}

}  // namespace saccade::sink
