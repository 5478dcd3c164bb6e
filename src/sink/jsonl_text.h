// The JSON of one frame, for the formats that hold everything (jsonl, md5).
#pragma once

#include <fmt/format.h>

#include <span>

#include "media/image_names.h"
#include "saccade/types.h"

namespace saccade::sink {

/// One line without its line break: {"index":..,"pts_ns":..,"width":..,"height":..,
/// "detections":[{"box":[x1,y1,x2,y2],"score":..,"class":..}..],
/// (of live streams, behind "height": "sender_ns":..,; where outages lie in front: "gaps":[..],)
/// (with `images`, behind "height": "file":"..","image_id":..)
/// "tracks":[{"id":..,"box":[..],"raw_box":[..],"score":..,"class":..,"state":"confirmed",
/// "velocity":[vx,vy],"age":..,"detection":..}..]}
/// Floats in the shortest form that reads back as the same float, the sign of zero included. The
/// stream's number is left out: it is of the run, and a stream's file should not change with what
/// ran beside it. All numbers must be finite.
void append_frame_json(const FrameResult& result, const media::ImageNames* images,
                       fmt::memory_buffer& out);

/// [{"begin_ns":..,"end_ns":..,"reason":".."}..]
void append_gaps_json(std::span<const Outage> gaps, fmt::memory_buffer& out);

/// "tentative", "confirmed" or "lost".
[[nodiscard]] std::string_view to_string(TrackState state) noexcept;

}  // namespace saccade::sink
