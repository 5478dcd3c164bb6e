#include "pipeline/track_stage.h"

#include <utility>

namespace saccade::pipeline {

void TrackStage::run() {
    while (auto detected = in_.pop()) {
        const auto before = std::chrono::steady_clock::now();
        const Frame& frame = detected->item.frame;
        Tracked tracked{.item = {}, .result = {.id = frame.id,
                                               .pts = frame.pts,
                                               .width = frame.width,
                                               .height = frame.height,
                                               .detections = std::move(detected->detections),
                                               .tracks = {}}};
        if (tracker_ != nullptr && !error_) {
            const track::Observation seen{.detections = tracked.result.detections,
                                          .pts = frame.pts,
                                          .motion = std::nullopt,
                                          .embeddings = {}};
            if (auto done = tracker_->update(seen, tracked.result.tracks); !done) {
                error_ = done.error();
                give_up_();
            }
        }
        times_.add(std::chrono::steady_clock::now() - before);
        tracked.item = std::move(detected->item);
        out_.push(std::move(tracked));
    }
}

}  // namespace saccade::pipeline
