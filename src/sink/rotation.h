// Outputs of streams that don't end, split into pieces that do.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "saccade/error.h"
#include "sink/sink.h"

namespace saccade::sink {

/// When a further piece begins.
struct Rotation {
    std::chrono::nanoseconds every{
        0};                   ///< of the stream's own time, from its first frame on; 0: never
    std::uint64_t bytes = 0;  ///< once a piece holds so many; 0: never
    [[nodiscard]] bool rotates() const noexcept { return every.count() > 0 || bytes > 0; }
};

/// "90s", "15m", "1h", "1d"; "500kB", "100MB", "2GB" (and KiB, MiB, GiB); "" for none. From a
/// second or a kilobyte on. Errors: invalid_argument.
Result<Rotation> parse_rotation(std::string_view text);

/// Makes the sink of one piece; touches no file before begin().
using PieceMaker = std::function<Result<std::unique_ptr<Sink>>(const std::string& stem)>;

/// A sink whose output is pieces: STEM.000001, STEM.000002 ... in place of STEM. Each is what its
/// format always is, whole and under its final name as soon as the next one begins; no frame is in
/// two. Numbers go on behind those that are in `folder` already, and no file is replaced. Sizes are
/// those that the format tells (Sink::bytes): a piece ends with the frame that reaches the limit.
std::unique_ptr<Sink> make_rotating(const Rotation& rotation, std::filesystem::path folder,
                                    std::string stem, PieceMaker make);

}  // namespace saccade::sink
