// Which objects of a frame a format shows, in the form that most formats share.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "saccade/error.h"
#include "saccade/types.h"
#include "sink/sink.h"

namespace saccade::sink {

/// One box of one frame.
struct Object {
    Box box;
    float score = 0;
    int class_id = 0;
    std::int64_t id = -1;  ///< of the track, -1 for a mere detection
    std::optional<GroundState> ground = std::nullopt;
};

/// With `tracking` the confirmed tracks (and, with `include_lost`, the lost ones), each with its
/// smoothed box; without, the detections. In the order of the result. Replaces `out`.
void shown_objects(const FrameResult& result, bool tracking, bool include_lost,
                   std::vector<Object>& out);

/// Every number finite: a NaN in a file breaks each reader later and far away, so it stops here.
/// Errors: internal.
Result<void> check_finite(const FrameResult& result);

/// Name of a class: its entry in `names`, or "class N" beyond it.
[[nodiscard]] std::string class_name(const std::vector<std::string>& names, int class_id);

}  // namespace saccade::sink
