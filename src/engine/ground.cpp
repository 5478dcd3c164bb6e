#include "engine/ground.h"

#include <utility>

#include "engine/ground_file.h"
#include "sink/live_counter.h"

namespace saccade::engine {

Result<std::shared_ptr<const track::GroundPlane>> open_ground(Mode mode, const Settings& settings) {
    std::shared_ptr<const track::GroundPlane> ground;
    if (mode != Mode::track) return ground;
    if (!settings.ground.empty()) {
        auto plane = read_ground(settings.ground);
        if (!plane) return fail(plane.error());
        ground = std::make_shared<const track::GroundPlane>(*plane);
    }
    // Refused before anything is loaded.
    if (auto places = sink::count_places(settings.lines, settings.zones, ground.get()); !places) {
        return fail(places.error());
    }
    return ground;
}

void Grounding::push(FrameResult result, std::vector<FrameResult>& ready) {
    const std::size_t from = ready.size();
    if (before_) {
        before_->push(std::move(result), ready);
    } else {
        ready.push_back(std::move(result));
    }
    for (std::size_t i = from; i < ready.size(); ++i) motion_.follow(ready[i]);
}

void Grounding::flush(std::vector<FrameResult>& ready) {
    const std::size_t from = ready.size();
    if (before_) before_->flush(ready);
    for (std::size_t i = from; i < ready.size(); ++i) motion_.follow(ready[i]);
}

}  // namespace saccade::engine
