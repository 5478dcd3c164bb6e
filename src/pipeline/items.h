// What travels between the stages behind detection.
#pragma once

#include <memory>
#include <vector>

#include "core/queue.h"
#include "pipeline/appearance.h"
#include "pipeline/batcher.h"
#include "saccade/types.h"

namespace saccade::pipeline {

/// A frame with its detections, on the way to its tracker.
struct Detected {
    Item item;
    std::vector<Detection> detections;
    /// Of the detections; none where they aren't wanted, or nobody began so far.
    std::shared_ptr<Looks> looks = nullptr;
};

/// A frame with all its results, on the way to the sinks.
struct Tracked {
    Item item;
    FrameResult result;
};

using DetectedQueue = BoundedQueue<Detected>;
using TrackedQueue = BoundedQueue<Tracked>;

}  // namespace saccade::pipeline
