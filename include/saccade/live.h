// How a live source stands: a camera that comes, goes and comes back.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace saccade {

/// Where a live source stands. docs/live.md tells what leads from one to another, and when.
enum class LiveState : std::uint8_t {
    connecting,  ///< an attempt is under way: no picture of it yet
    running,     ///< pictures come
    silent,      ///< connected, and no picture for Settings::silent_after
    frozen,      ///< the same picture, to the last sample, for Settings::frozen_after
    broken,      ///< the connection ended or failed; for a moment, then it waits
    waiting,     ///< for the time of the next attempt
};

/// Stable lower-case name ("connecting").
[[nodiscard]] const char* to_string(LiveState state) noexcept;

/// A look at a live source. Times are by this machine's monotonic clock.
struct LiveView {
    LiveState state = LiveState::connecting;
    /// Why it is not running, or last was not, in one line without secrets; "": it always was.
    std::string reason;
    std::uint64_t attempts = 0;                            ///< connections that were tried
    std::uint64_t connections = 0;                         ///< of them, those that gave a picture
    std::optional<std::chrono::nanoseconds> picture_age;   ///< since the last one; none yet
    std::optional<std::chrono::nanoseconds> next_attempt;  ///< from now, where it waits
    std::uint64_t outages = 0;                             ///< so far, the one under way included
    std::chrono::nanoseconds outage_time{0};               ///< of all of them together
    bool clock_known = false;  ///< the sender has told its wall clock on this connection

    /// Connections after the first.
    [[nodiscard]] std::uint64_t reconnects() const noexcept {
        return connections > 0 ? connections - 1 : 0;
    }
};

}  // namespace saccade
