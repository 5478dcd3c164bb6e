#include "sink/objects.h"

#include <fmt/format.h>

#include <cmath>

namespace saccade::sink {
namespace {

bool finite(const Box& b) {
    return std::isfinite(b.x1) && std::isfinite(b.y1) && std::isfinite(b.x2) && std::isfinite(b.y2);
}

bool finite(const Detection& d) {
    return finite(d.box) && std::isfinite(d.score);
}

bool finite(const GroundState& g) {
    return std::isfinite(g.x) && std::isfinite(g.y) && std::isfinite(g.distance) &&
           std::isfinite(g.velocity_x) && std::isfinite(g.velocity_y);
}

bool finite(const Track& t) {
    return finite(t.box) && finite(t.raw_box) && std::isfinite(t.score) &&
           std::isfinite(t.velocity_x) && std::isfinite(t.velocity_y) &&
           (!t.ground || finite(*t.ground));
}

}  // namespace

void shown_objects(const FrameResult& result, bool tracking, bool include_lost,
                   std::vector<Object>& out) {
    out.clear();
    if (!tracking) {
        for (const Detection& d : result.detections)
            out.push_back({d.box, d.score, d.class_id, -1});
        return;
    }
    for (const Track& t : result.tracks) {
        if (t.state == TrackState::confirmed || (include_lost && t.state == TrackState::lost)) {
            out.push_back({t.box, t.score, t.class_id, t.id, t.ground});
        }
    }
}

Result<void> check_finite(const FrameResult& result) {
    bool good = true;
    for (const Detection& d : result.detections) good = good && finite(d);
    for (const Track& t : result.tracks) good = good && finite(t);
    if (good) return {};
    return fail(ErrorCode::internal,
                fmt::format("frame {}: a box or score is not a finite number", result.id.index),
                "please report this with the source and the model");
}

std::string class_name(const std::vector<std::string>& names, int class_id) {
    if (class_id >= 0 && static_cast<std::size_t>(class_id) < names.size()) {
        return names[static_cast<std::size_t>(class_id)];
    }
    return fmt::format("class {}", class_id);
}

}  // namespace saccade::sink
