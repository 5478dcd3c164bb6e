#include "sink/cover.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace saccade::sink {
namespace {

constexpr double growth = 0.03;  ///< of a box's size, for each frame that it was not seen
constexpr double most_growth = 0.5;
constexpr float least_margin = 2;  ///< px

Box hull(const Box& a, const Box& b) {
    return {std::min(a.x1, b.x1), std::min(a.y1, b.y1), std::max(a.x2, b.x2), std::max(a.y2, b.y2)};
}

Box moved(const Box& box, float x, float y) {
    return {box.x1 + x, box.y1 + y, box.x2 + x, box.y2 + y};
}

Box grown(const Box& box, double share) {
    const auto by = static_cast<float>(share);
    const float x = std::max(least_margin, by * box.width());
    const float y = std::max(least_margin, by * box.height());
    return {box.x1 - x, box.y1 - y, box.x2 + x, box.y2 + y};
}

/// Places that are much the same become one: the cells of several, a little apart, would tell more
/// of what is below than those of one.
void join(std::vector<Box>& places) {
    constexpr float same = 0.4F;
    for (std::size_t i = 0; i < places.size(); ++i) {
        for (std::size_t j = i + 1; j < places.size();) {
            if (iou(places[i], places[j]) < same) {
                ++j;
                continue;
            }
            places[i] = hull(places[i], places[j]);
            places.erase(places.begin() + static_cast<std::ptrdiff_t>(j));
            j = i + 1;  // it has grown: those passed over may fit now
        }
    }
}

bool finite(const Box& b) {
    return std::isfinite(b.x1) && std::isfinite(b.y1) && std::isfinite(b.x2) && std::isfinite(b.y2);
}

/// Whole pairs of pixels, so that no chroma sample is half covered.
Box in_pairs(const Box& box, int width, int height) {
    const Box b = box.clipped(static_cast<float>(width), static_cast<float>(height));
    const auto down = [](float v) { return 2 * std::floor(v / 2); };
    const auto up = [](float v, int limit) {
        return std::min(2 * std::ceil(v / 2), static_cast<float>(limit));
    };
    return {down(b.x1), down(b.y1), up(b.x2, width), up(b.y2, height)};
}

}  // namespace

bool CoverPlanner::covers(int class_id) const {
    return options_.all || std::find(options_.classes.begin(), options_.classes.end(), class_id) !=
                               options_.classes.end();
}

void CoverPlanner::push(FrameResult result, std::vector<FrameResult>& ready) {
    const bool ends = result.boundary != nullptr && result.boundary->ends_identities();
    if (ends) {
        flush(ready);
        objects_.clear();
        spots_.clear();
    }
    held_.push_back(std::move(result));
    const FrameResult& now = held_.back();
    ++next_;
    told_.clear();
    std::vector<char> taken(now.detections.size(), 0);
    for (const Track& track : now.tracks) {
        if (track.detection >= 0 && static_cast<std::size_t>(track.detection) < taken.size()) {
            taken[static_cast<std::size_t>(track.detection)] = 1;
        }
        if (!covers(track.class_id) || !finite(track.box) || !finite(track.raw_box)) continue;
        told_.push_back(track.id);
        if (track.state == TrackState::lost) {
            guess(track.id, track.box);
        } else {
            see(track.id, hull(track.box, track.raw_box));
        }
    }
    for (std::size_t i = 0; i < now.detections.size(); ++i) {
        const Detection& d = now.detections[i];
        if (!covers(d.class_id) || !finite(d.box)) continue;
        // (A track may have taken it as another class's: it is covered all the same.)
        if (taken[i] == 0) {
            see_spot(d.box);
        } else {
            cover(next_ - 1, d.box, 0);
        }
    }
    prolong();
    if (held_.size() > delay()) give(ready);
}

void CoverPlanner::flush(std::vector<FrameResult>& ready) {
    while (!held_.empty()) give(ready);
}

void CoverPlanner::see(std::int64_t id, const Box& box) {
    const std::int64_t now = next_ - 1;
    const auto [found, is_new] = objects_.try_emplace(id);
    Object& o = found->second;
    const std::int64_t passed = now - o.last;
    if (is_new || passed > 2 * std::int64_t{options_.frames} + 1) {
        o = {.first = now, .last = now, .first_box = box, .last_box = box};
        for (std::int64_t away = 1; away <= options_.frames; ++away) cover(now - away, box, away);
    } else if (passed > 0) {
        const auto frames = static_cast<float>(passed);
        o.step_x = (box.center_x() - o.last_box.center_x()) / frames;
        o.step_y = (box.center_y() - o.last_box.center_y()) / frames;
        for (std::int64_t n = o.last + 1; n < now; ++n) {
            cover(n, hull(o.last_box, box), std::min(n - o.last, now - n));
        }
        if (!o.from_behind) {
            // Only the second sighting tells where it came from.
            o.from_behind = true;
            for (std::int64_t away = 1; away <= options_.frames; ++away) {
                const auto back = static_cast<float>(away);
                const Box before = moved(o.first_box, -back * o.step_x, -back * o.step_y);
                cover(o.first - away, hull(o.first_box, before), away);
            }
        }
        o.last = now;
        o.last_box = box;
    }
    cover(now, box, 0);
}

void CoverPlanner::guess(std::int64_t id, const Box& box) {
    const std::int64_t now = next_ - 1;
    const auto known = objects_.find(id);
    if (known == objects_.end()) return cover(now, box, 1);
    cover(now, hull(known->second.last_box, box), now - known->second.last);
}

void CoverPlanner::see_spot(const Box& box) {
    const std::int64_t now = next_ - 1;
    for (std::int64_t away = 0; away <= options_.frames; ++away) cover(now - away, box, 0);
    spots_.push_back({now, box});
}

/// What was seen lately, over the present frame.
void CoverPlanner::prolong() {
    const std::int64_t now = next_ - 1;
    for (auto it = objects_.begin(); it != objects_.end();) {
        const Object& o = it->second;
        const std::int64_t away = now - o.last;
        if (away > 0 && away <= options_.frames) {
            const auto ahead = static_cast<float>(away);
            const Box there = moved(o.last_box, ahead * o.step_x, ahead * o.step_y);
            cover(now, hull(o.last_box, there), away);
        }
        const bool told = std::find(told_.begin(), told_.end(), it->first) != told_.end();
        const bool over = away > 2 * std::int64_t{options_.frames} + 1 && !told;
        it = over ? objects_.erase(it) : std::next(it);
    }
    std::erase_if(spots_, [&](const Spot& spot) { return now - spot.last > options_.frames; });
    for (const Spot& spot : spots_) {
        if (spot.last < now) cover(now, spot.box, 0);
    }
}

void CoverPlanner::cover(std::int64_t number, const Box& box, std::int64_t away) {
    const std::int64_t first = next_ - static_cast<std::int64_t>(held_.size());
    if (number < first || number >= next_) return;
    FrameResult& frame = held_[static_cast<std::size_t>(number - first)];
    const double share =
        options_.margin + std::min(most_growth, growth * static_cast<double>(away));
    const Box place = in_pairs(grown(box, share), frame.width, frame.height);
    if (!(place.area() > 0)) return;
    auto& places = frame.redacted;
    const auto within = [](const Box& a, const Box& b) {
        return a.x1 >= b.x1 && a.y1 >= b.y1 && a.x2 <= b.x2 && a.y2 <= b.y2;
    };
    for (const Box& other : places) {
        if (within(place, other)) return;
    }
    std::erase_if(places, [&](const Box& other) { return within(other, place); });
    places.push_back(place);
}

void CoverPlanner::give(std::vector<FrameResult>& ready) {
    join(held_.front().redacted);
    ready.push_back(std::move(held_.front()));
    held_.pop_front();
}

}  // namespace saccade::sink
