#include "media/live_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace saccade::media {
namespace {

using namespace std::chrono_literals;

std::string for_so_long(std::chrono::nanoseconds time) {
    return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

}  // namespace

void LiveMachine::connect(Time now) {
    ++attempts_;
    attempt_ = now;
    next_.reset();
    running_since_.reset();
    given_up_ = false;
    state_ = LiveState::connecting;
}

bool LiveMachine::tick(Time now) {
    if (given_up_) return true;
    switch (state_) {
        case LiveState::connecting:
            if (now - attempt_ < rules_.connect_within) return false;
            reason_ = "no picture within " + for_so_long(rules_.connect_within) +
                      " of the beginning of the connection";
            given_up_ = true;
            break;
        case LiveState::running:
        case LiveState::frozen:
            if (now - *picture_ < rules_.silent_after) return false;
            reason_ = "silent: no picture for " + for_so_long(rules_.silent_after);
            // (Of a frozen one the outage is under way already.)
            if (!out_since_) begin_outage(*picture_, reason_);
            state_ = LiveState::silent;
            [[fallthrough]];
        case LiveState::silent:
            if (now - *picture_ < 2 * rules_.silent_after) return false;
            reason_ = "silent: no picture for " + for_so_long(2 * rules_.silent_after);
            given_up_ = true;
            break;
        case LiveState::broken:
        case LiveState::waiting: return false;
    }
    return given_up_;
}

LiveMachine::Picture LiveMachine::picture(Time now, bool same) {
    Picture result;
    const bool first = state_ == LiveState::connecting;
    if (first) {
        ++connections_;
        reconnected_ = out_since_.has_value();
    }
    if (!same || !moved_) {
        moved_ = now;
        shaken_ = false;
    }
    picture_ = now;
    if (rules_.frozen_after > 0ns && now - *moved_ >= rules_.frozen_after) {
        reason_ = "frozen: the same picture for " + for_so_long(rules_.frozen_after);
        // (Connecting anew wakes some encoders up. Once: others show a scene where nothing moves.)
        if (!std::exchange(shaken_, true)) given_up_ = true;
        if (!out_since_) begin_outage(*moved_, reason_);
        state_ = LiveState::frozen;
        result.withheld = true;
        return result;
    }
    if (state_ != LiveState::running) {
        result.back = out_since_.has_value();
        result.was_silent = state_ == LiveState::silent && !reconnected_;
        result.reason = reason_;
        if (out_since_) outage_time_ += now - *out_since_;
        out_since_.reset();
        reconnected_ = false;
        running_since_ = now;
        state_ = LiveState::running;
    }
    return result;
}

void LiveMachine::begin_outage(Time since, std::string reason) {
    out_since_ = since;
    ++outages_;
    reason_ = std::move(reason);
}

void LiveMachine::broke(const std::string& reason) {
    // (Of one that was silent libav's own time-out may be the first to say so.)
    if (!std::exchange(given_up_, false) && state_ != LiveState::silent) reason_ = reason;
    // (Before the first picture nothing is missed.)
    if (picture_ && !out_since_) begin_outage(*picture_, reason_);
    state_ = LiveState::broken;
}

void LiveMachine::wait(Time next) {
    next_ = next;
    state_ = LiveState::waiting;
}

std::chrono::nanoseconds LiveMachine::running_for(Time now) const {
    if (!running_since_) return 0ns;
    return (state_ == LiveState::running ? now : *picture_) - *running_since_;
}

std::optional<std::chrono::nanoseconds> LiveMachine::out_for(Time now) const {
    if (!out_since_) return std::nullopt;
    return now - *out_since_;
}

LiveView LiveMachine::view(Time now) const {
    LiveView view{.state = state_,
                  .reason = reason_,
                  .attempts = attempts_,
                  .connections = connections_,
                  .outages = outages_,
                  .outage_time = outage_time_};
    if (picture_) view.picture_age = now - *picture_;
    if (next_) view.next_attempt = std::max(*next_ - now, 0ns);
    if (out_since_) view.outage_time += now - *out_since_;
    return view;
}

}  // namespace saccade::media
