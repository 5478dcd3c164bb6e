#include "track/ground_motion.h"

#include <cmath>
#include <optional>

#include "track/kalman/box_of.h"

namespace saccade::track {
namespace {

constexpr double forgotten_after = 2;
constexpr double measured_over = 0.3;  ///< in which a velocity is measured

constexpr double box_deviation = 0.05;  ///< of a lower edge, in parts of the box's height
constexpr double first_speed = 10;      ///< m/s: deviation of what is not known yet
constexpr double agility = 1;           ///< m/s: deviation that a velocity gains in a second
constexpr double step = 0.5;            ///< m: who stands moves by less, so that noise makes no way

/// The middle of the lower edge, or nothing where the picture may cut it off.
std::optional<Point> foot(const Track& t, int width, int height) {
    const Box& seen = t.raw_box;
    const bool whole = seen.x1 > 1 && seen.x2 < static_cast<float>(width - 1) &&
                       seen.y2 < static_cast<float>(height - 1);
    if (!whole) return std::nullopt;
    return Point{t.box.center_x(), t.box.y2};
}

}  // namespace

void GroundMotion::follow(FrameResult& frame) {
    constexpr AxisNoise noise{0, square(agility / nominal_rate) / nominal_rate};
    const Timestamp now = frame.pts;
    for (Track& t : frame.tracks) {
        t.ground.reset();
        if (t.state == TrackState::tentative) continue;
        const auto pixel = foot(t, frame.width, frame.height);
        const auto place = pixel ? plane_.at(*pixel) : std::nullopt;
        if (!place) continue;
        const auto j = plane_.metres_per_pixel(*pixel);
        const double deviation = box_deviation * t.box.height();
        const double across = square(deviation) * (j[0] * j[0] + j[1] * j[1]);
        const double ahead = square(deviation) * (j[2] * j[2] + j[3] * j[3]);

        const auto known = objects_.find(t.id);
        const bool fresh =
            known == objects_.end() || seconds(now - known->second.last) > forgotten_after;
        Object& o = fresh ? objects_[t.id] : known->second;
        if (fresh) {
            const double v = square(first_speed / nominal_rate);
            o = {PlaneFilter(place->x, place->y, {across, ahead, v, v}), now, now, *place, 0};
        } else {
            o.filter.predict(seconds(now - o.last) * nominal_rate, noise, noise);
            o.filter.update(place->x, place->y, across, ahead);
            o.last = now;
        }
        const auto& state = o.filter.state();
        const double way = std::hypot(state(0) - o.anchor.x, state(1) - o.anchor.y);
        GroundState ground{static_cast<float>(state(0)), static_cast<float>(state(1)),
                           static_cast<float>(o.distance + way)};
        if (way >= step) o.distance += way, o.anchor = {state(0), state(1)};
        if (seconds(now - o.first) >= measured_over) {
            ground.moving = true;
            ground.velocity_x = static_cast<float>(state(2) * nominal_rate);
            ground.velocity_y = static_cast<float>(state(3) * nominal_rate);
        }
        t.ground = ground;
    }
    forget(now);
}

void GroundMotion::forget(Timestamp now) {
    if (seconds(now - swept_) < forgotten_after) return;
    swept_ = now;
    std::erase_if(objects_, [&](const auto& entry) {
        return seconds(now - entry.second.last) > forgotten_after;
    });
}

}  // namespace saccade::track
