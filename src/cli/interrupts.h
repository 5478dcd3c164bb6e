// What a signal that asks to stop means.
#pragma once

#include <chrono>
#include <optional>

namespace saccade::cli {

/// The first signal asks for a stop. Another one ends the process, but only where it clearly comes
/// from a person who is tired of waiting: timeout(1) and some shells send theirs to the process and
/// to its group, so that two come at once. The caller tells the time of each.
class Interrupts {
  public:
    enum class Action { stop, nothing, exit };
    static constexpr std::chrono::seconds patience{1};

    Action signalled(std::chrono::steady_clock::time_point now) {
        if (!first_) {
            first_ = now;
            return Action::stop;
        }
        return now - *first_ > patience ? Action::exit : Action::nothing;
    }

  private:
    std::optional<std::chrono::steady_clock::time_point> first_;
};

}  // namespace saccade::cli
