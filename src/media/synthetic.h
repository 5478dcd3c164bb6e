// A built-in scene whose truth is known: coloured boxes that move over a dim grey background.
//
// It stands in for a video where none is at hand and drives the end-to-end tests. Location:
// "synthetic:" with options, as
// "synthetic:frames=300&width=1280&height=720&objects=8&seed=1&fps=30".
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "media/source.h"
#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::media {

/// What can be asked of the scene. Equal options give equal bytes on every machine.
struct SyntheticOptions {
    std::uint64_t frames = 300;
    int width = 1280, height = 720;  ///< px, even, 160 to 8192
    int objects = 8;                 ///< moving at once (some outside of the picture), 1 to 64
    std::uint32_t seed = 1;
    double fps = 30;
    /// Also boxes that come down across the others' ways and cover them for a while.
    bool crossings = false;
};

inline constexpr std::string_view synthetic_prefix = "synthetic:";
/// By class id.
inline constexpr std::array<std::string_view, 3> synthetic_classes{"red box", "green box",
                                                                   "blue box"};

/// One object of one frame. Boxes are as drawn, on whole pixels, clipped to the picture; where an
/// object is covered by another one its box is still the whole one.
struct SyntheticObject {
    std::int64_t id = 0;  ///< from 1; an object that left and its successor have different ids
    Box box;
    int class_id = 0;
    double visible = 1;  ///< share of the box that no other object covers
    friend bool operator==(const SyntheticObject&, const SyntheticObject&) = default;
};

/// Errors: invalid_argument (unknown option, value out of range, more objects than have room).
Result<SyntheticOptions> parse_synthetic(std::string_view location);

/// What is to be seen in a frame, by ascending id. An object is drawn, and listed, from when a
/// fifth of the largest box's side shows. Boxes of one class never touch, except in crossings.
std::vector<SyntheticObject> synthetic_truth(const SyntheticOptions& options, std::uint64_t frame);

/// Frames are i420, BT.709, limited range. Errors as for parse_synthetic().
Result<std::unique_ptr<Source>> open_synthetic(const std::string& location,
                                               const SourceOptions& options);

}  // namespace saccade::media
