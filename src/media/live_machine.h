// What a live source is to do next, from what happened to it and when: logic alone, no I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"
#include "saccade/live.h"

namespace saccade::media {

struct LiveRules {
    /// Without a picture; after twice as long the connection is given up.
    std::chrono::nanoseconds silent_after = std::chrono::seconds(5);
    /// Of one and the same picture; 0: never mind.
    std::chrono::nanoseconds frozen_after = std::chrono::seconds(60);
    /// From the beginning of an attempt to its first picture, at most.
    std::chrono::nanoseconds connect_within = std::chrono::seconds(10);
};

/// The states of docs/live.md. One thread at a time; times never go backwards.
class LiveMachine {
  public:
    using Time = Clock::time_point;

    explicit LiveMachine(const LiveRules& rules = {}) : rules_(rules) {}

    /// An attempt begins.
    void connect(Time now);
    /// The attempt was held up by something that is not the camera's.
    void held_up(Time now) noexcept { attempt_ = now; }
    /// To be called while nothing comes, often. Whether the connection is to be given up: then
    /// broke() follows, and reason() says why.
    [[nodiscard]] bool tick(Time now);

    /// What is to be done with a picture that has come.
    struct Picture {
        bool withheld = false;  ///< it shows a camera that has stopped to look: not to be handed on
        /// Whether an outage has ended with it, and of what kind. Of one that was mere silence it
        /// takes the pictures' own times to tell whether any is missing.
        bool back = false, was_silent = false;
        std::string reason;  ///< of that outage
    };
    /// `same`: as the one before, to the last sample.
    Picture picture(Time now, bool same);

    /// The connection has ended or failed, for this reason (the machine's own where it gave up).
    void broke(const std::string& reason);
    /// Nothing is done before `next`.
    void wait(Time next);

    [[nodiscard]] LiveState state() const noexcept { return state_; }
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
    /// Whether a picture ever came.
    [[nodiscard]] bool ever() const noexcept { return connections_ > 0; }
    /// How long pictures came on this connection, or come, without trouble; 0 where none did.
    [[nodiscard]] std::chrono::nanoseconds running_for(Time now) const;
    /// Since the last picture that was handed on, where an outage is under way.
    [[nodiscard]] std::optional<std::chrono::nanoseconds> out_for(Time now) const;
    [[nodiscard]] LiveView view(Time now) const;

  private:
    void begin_outage(Time since, std::string reason);

    const LiveRules rules_;
    LiveState state_ = LiveState::connecting;
    std::string reason_;
    Time attempt_{};                     ///< when the latest attempt began
    std::optional<Time> running_since_;  ///< on this connection, without trouble
    std::optional<Time> picture_;        ///< the latest, of any connection
    std::optional<Time> moved_;          ///< when a picture last differed from the one before
    std::optional<Time> next_;           ///< attempt
    std::optional<Time> out_since_;      ///< of the outage under way
    bool reconnected_ = false;           ///< in the outage under way
    bool given_up_ = false;              ///< by tick()
    bool shaken_ = false;                ///< connected anew because the picture was frozen
    std::uint64_t attempts_ = 0, connections_ = 0, outages_ = 0;
    std::chrono::nanoseconds outage_time_{0};  ///< of those that are over
};

}  // namespace saccade::media
