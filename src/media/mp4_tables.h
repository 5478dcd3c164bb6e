// What the tables of an MP4 or QuickTime file promise of a track (ISO/IEC 14496-12, 8.6).
#pragma once

#include <cstdint>
#include <optional>

#include "media/container_extent.h"

namespace saccade::media {

/// Seconds that a track's edit list shows, where it shows less than all of the track's samples and
/// everything that is written about the track's length agrees: time to sample, media, edits,
/// presentation. Nothing where it doesn't, which is where a field of them is damaged, or without an
/// edit list.
std::optional<double> edited_seconds(const ReadAt& read, std::uint64_t file_size,
                                     std::uint32_t track);

}  // namespace saccade::media
