// The file of --ground: where a camera sees which metres.
#pragma once

#include <filesystem>

#include "saccade/error.h"
#include "track/ground.h"

namespace saccade::engine {

/// Reads TOML, or JSON where the name ends in .json, with either
///     pixels = [[x, y], ...]   and   metres = [[x, y], ...]   four points each, or
///     homography = [[a, b, c], [d, e, f], [g, h, i]]          from pixels to metres.
/// Errors, with the file named: those of read_written_text; invalid_argument for what is not so, of
/// over 4096 bytes, or no ground (track::GroundPlane).
Result<track::GroundPlane> read_ground(const std::filesystem::path& file);

}  // namespace saccade::engine
