// A clip as long as one likes, made from a short one without decoding it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "saccade/error.h"

namespace saccade::media {

/// Writes the packets of the video stream of the file `from` to `to` until there are `frames` of
/// them: from the beginning again where it has fewer, with times that go on, cut short where it has
/// more (which may cost the last few pictures those that they refer to, and so themselves). The
/// container is MP4, or Matroska for what MP4 doesn't hold. Sound is left out.
/// A measurement on a fast device needs more frames than test clips have. One thread.
/// Errors: those of open_source, corrupt (no packet in it), unwritable.
Result<void> copy_clip(const std::string& from, const std::filesystem::path& to,
                       std::uint64_t frames);

}  // namespace saccade::media
