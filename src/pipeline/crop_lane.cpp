#include "pipeline/crop_lane.h"

#include <chrono>
#include <utility>

#include "core/crop.h"

namespace saccade::pipeline {

CropLane::CropLane(InferStage& stage, std::uint32_t stream, std::size_t most)
    : stage_(stage), lane_(stream | 0x80000000U), results_(most) {
    stage_.batcher().open(lane_, Batcher::Kind::urgent);
    stage_.router().add(lane_, results_);
}

CropLane::~CropLane() {
    stage_.batcher().finish(lane_);
    // (Of cancelled ones the device may give back some later: they find no way, and go.)
    if (results_.reason() == CloseReason::open) stage_.batcher().wait_drained(lane_);
    stage_.router().remove(lane_);
    stage_.batcher().close(lane_);
}

Error CropLane::broken() const {
    if (results_.reason() == CloseReason::cancelled) {
        return {ErrorCode::interrupted, "interrupted while crops were detected", ""};
    }
    return stage_.error().value_or(Error{ErrorCode::internal, "a crop was not detected", ""});
}

Result<void> CropLane::submit(const Frame& frame, std::span<const Box> crops) {
    for (const Box& box : crops) {
        auto part = crop(frame, box);
        if (!part) return fail(ErrorCode::internal, "a crop lies outside of its frame");
        part->id = {lane_, next_++};
        const auto now = std::chrono::steady_clock::now();
        if (!stage_.batcher().push({.frame = std::move(*part), .decoded = now, .taken = {}})) {
            return fail(broken());
        }
    }
    return {};
}

Result<std::vector<std::vector<Detection>>> CropLane::wait(std::size_t count) {
    std::vector<std::vector<Detection>> seen;
    for (std::size_t i = 0; i < count; ++i) {
        auto detected = results_.pop();
        if (!detected) return fail(broken());
        seen.push_back(std::move(detected->detections));
        stage_.batcher().release(lane_);
    }
    return seen;
}

}  // namespace saccade::pipeline
