#include "engine/warm_up.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "core/log.h"

namespace saccade::engine {
namespace {

/// NV12, as most frames are.
Frame grey_picture() {
    constexpr int width = 64, height = 36;
    auto pixels = std::make_shared<std::vector<std::uint8_t>>(width * height * 3 / 2, 128);
    Frame frame;
    frame.width = width;
    frame.height = height;
    frame.format = PixelFormat::nv12;
    frame.planes = {Plane{pixels->data(), width}, Plane{pixels->data() + width * height, width},
                    Plane{}};
    frame.owner = std::move(pixels);
    return frame;
}

}  // namespace

Result<void> warm_up(detect::Detector& detector, int batches) {
    const std::vector<Frame> frames(static_cast<std::size_t>(detector.max_batch()), grey_picture());
    Result<void> result;
    int left = batches;
    while (result && (left > 0 || detector.in_flight() > 0)) {
        if (left > 0 && detector.in_flight() < detector.depth()) {
            result = detector.submit(frames);
            --left;
        } else if (auto done = detector.collect(); !done) {
            result = fail(done.error());
        }
    }
    while (detector.in_flight() > 0) static_cast<void>(detector.collect());
    if (!result && result.error().code == ErrorCode::out_of_memory) {
        log::warning("warm-up ended early: {}", result.error().message);
        detector.trim();
        return {};
    }
    return result;
}

}  // namespace saccade::engine
