// Does a file hold all that its container says it holds?
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace saccade::media {

/// Reads up to `size` bytes at `offset`; returns how many there were.
using ReadAt =
    std::function<std::size_t(std::uint64_t offset, std::uint8_t* data, std::size_t size)>;

/// Bytes that the outermost structure of an MP4/QuickTime (ISO 14496-12 boxes) or Matroska/WebM
/// file (RFC 8794 and 9559: the Segment) promises beyond the file's end, or that the last packet of
/// an MPEG transport stream lacks. Nothing where the file is
/// whole, of another kind, or makes no promise. Damage claimed from it is certain, never a guess.
std::optional<std::uint64_t> missing_bytes(const ReadAt& read, std::uint64_t file_size);

/// Starts with a box that MP4 and QuickTime files start with.
bool looks_like_mp4(const ReadAt& read);

}  // namespace saccade::media
