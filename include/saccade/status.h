// How a stream, and each of its outputs, came to its end.
#pragma once

#include <optional>
#include <string_view>

namespace saccade {

enum class Status {
    complete,     ///< all of the source was read, and all outputs are whole
    partial,      ///< part of the source could not be read; what could be is written
    interrupted,  ///< stopped on request; what was done is written
    failed,       ///< nothing could be read, or an output could not be written
};

/// "complete", "partial", "interrupted" or "failed": in summaries, outputs and journals.
[[nodiscard]] std::string_view to_string(Status status) noexcept;

/// The status of that word; none for any other.
[[nodiscard]] std::optional<Status> status_from(std::string_view word) noexcept;

}  // namespace saccade
