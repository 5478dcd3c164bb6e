#include "sink/device_painter.h"

namespace saccade::sink {

Result<std::unique_ptr<DevicePainter>> open_device_painter(int) {
    return fail(ErrorCode::unavailable, "this build has no GPU path");
}

Result<Frame> on_host(const Frame& frame) {
    if (frame.memory == MemoryKind::host) return frame;
    return fail(ErrorCode::unavailable, "this build has no GPU path");
}

}  // namespace saccade::sink
