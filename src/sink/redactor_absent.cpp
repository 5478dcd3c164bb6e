#include "sink/redactor.h"

namespace saccade::sink {

class Redactor::Device {};

Redactor::Redactor(CoverStyle style) : style_(style) {}
Redactor::~Redactor() = default;

Result<Frame> Redactor::redact(const Frame& frame, std::span<const Box> places) {
    if (places.empty() || frame.planes[0].data == nullptr) return frame;
    if (frame.memory == MemoryKind::host) return cover_on_host(frame, places, style_);
    return fail(ErrorCode::unavailable, "this build has no GPU path");
}

}  // namespace saccade::sink
