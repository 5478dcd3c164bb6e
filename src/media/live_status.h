// A live source's state, for those who look at it while it is at work.
#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "media/live_machine.h"
#include "saccade/live.h"

namespace saccade::media {

/// Made before the source is opened, since opening may take for ever. Any thread.
class LiveStatus {
  public:
    /// The source's: from now on there is something to be seen. `clock` outlives this.
    void begin(const LiveRules& rules, const Clock& clock) {
        std::lock_guard lock(mutex_);
        machine_.emplace(rules);
        clock_ = &clock;
    }
    /// It is no live source after all.
    void end() {
        std::lock_guard lock(mutex_);
        machine_.reset();
    }
    /// `act` is called with the machine and the time, alone.
    template <typename Act>
    auto with(Act act) {
        std::lock_guard lock(mutex_);
        return act(*machine_, clock_->now());
    }
    void set_clock_known(bool known) {
        std::lock_guard lock(mutex_);
        clock_known_ = known;
    }
    /// Nothing where the source is none of a live kind.
    [[nodiscard]] std::optional<LiveView> view() const {
        std::lock_guard lock(mutex_);
        if (!machine_) return std::nullopt;
        LiveView view = machine_->view(clock_->now());
        view.clock_known = clock_known_;
        return view;
    }

  private:
    mutable std::mutex mutex_;
    std::optional<LiveMachine> machine_;
    const Clock* clock_ = nullptr;
    bool clock_known_ = false;
};

}  // namespace saccade::media
