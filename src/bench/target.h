// What a user wants of a machine, in words: "100 fps at 1080p under 4 GB".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/size.h"
#include "saccade/error.h"

namespace saccade::bench {

struct Target {
    double fps = 0;                     ///< of all streams together
    Size size{1920, 1080};              ///< of the videos, px
    std::size_t streams = 1;            ///< at once
    std::optional<std::size_t> memory;  ///< most bytes of the device (of the process on a CPU)
    std::optional<double> map;          ///< least mAP50-95, per cent

    /// "100 frames/s of 1920x1080, 1 stream, at most 4 GB".
    [[nodiscard]] std::string text() const;
};

/// Understands, in any order: "100 fps"; "at 1080p" (720p, 1080p, 4K, 8K, WIDTHxHEIGHT); "under 4
/// GB" (MB, GiB, MiB too); "4 streams"; "mAP 40" or "40 mAP", with "over" in front or not. "with"
/// and "and" may stand between. The frames a second must be there. Errors: invalid_argument, naming
/// the word that is not understood or is there twice.
Result<Target> parse_target(std::string_view text);

/// What a candidate was measured to do.
struct Achieved {
    double fps = 0;
    std::size_t memory = 0;     ///< bytes
    std::optional<double> map;  ///< where it is known
};

/// Why it does not reach the target, in a few words; "" where it does. A candidate of unknown
/// accuracy does not reach a target that asks for one.
[[nodiscard]] std::string falls_short(const Achieved& achieved, const Target& target);

}  // namespace saccade::bench
