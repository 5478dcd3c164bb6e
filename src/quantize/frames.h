// Which pictures of the user's footage a network is calibrated and judged on.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/frame.h"
#include "saccade/error.h"

namespace saccade::quantize {

/// How far a step of the work is; any thread.
using Progress = std::function<void(const char* step, std::size_t done, std::size_t of)>;

/// A picture: which of the locations, which of its frames.
struct Pick {
    std::size_t location = 0;
    std::uint64_t index = 0;
    friend auto operator<=>(const Pick&, const Pick&) = default;
};

struct Choice {
    std::vector<Pick> calibration, held_out;  ///< nothing in common; each in order of reading
    std::string digest;  ///< SHA-256 of what the pictures show, small, and of their places
};

/// Looks at all pictures, small, and takes those that differ most: each next one is the farthest
/// from all taken before (T. Gonzalez, "Clustering to minimize the maximum intercluster distance",
/// 1985). Every so-manyeth that was taken is held out. Of a video longer than 20,000 frames every
/// nth is looked at. `locations` as media::expand_locations gives them. Errors: those of reading;
/// invalid_argument (fewer than 8 pictures that differ); interrupted.
Result<Choice> choose_frames(std::span<const std::string> locations, std::size_t calibration,
                             std::size_t held_out, const std::stop_token& stop,
                             const Progress& progress);

/// Hands the picks out, in order. Errors: those of reading and of `use`; corrupt where a picture is
/// no longer there; interrupted.
Result<void> read_frames(std::span<const std::string> locations, std::span<const Pick> picks,
                         const std::stop_token& stop,
                         const std::function<Result<void>(const Frame&)>& use);

/// All picks at once, with their pixels.
Result<std::vector<Frame>> load_frames(std::span<const std::string> locations,
                                       std::span<const Pick> picks, const std::stop_token& stop);

/// Of points of equal length, up to `wanted` indices, each the farthest from those before, the
/// first one first. Ends where all that is left equals one taken.
std::vector<std::size_t> farthest_points(std::span<const std::vector<std::uint8_t>> points,
                                         std::size_t wanted);

}  // namespace saccade::quantize
