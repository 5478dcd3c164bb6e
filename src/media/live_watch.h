// The state machine of a live source, for the threads that ask and tell it.
#pragma once

#include <mutex>

#include "media/live_machine.h"

namespace saccade::media {

/// Any thread.
class LiveWatch {
  public:
    /// `clock` outlives this.
    LiveWatch(const LiveRules& rules, const Clock& clock) : machine_(rules), clock_(clock) {}

    /// `act` is called with the machine and the time, alone.
    template <typename Act>
    auto with(Act act) {
        std::lock_guard lock(mutex_);
        return act(machine_, clock_.now());
    }
    void set_clock_known(bool known) {
        std::lock_guard lock(mutex_);
        clock_known_ = known;
    }
    [[nodiscard]] LiveView view() const {
        std::lock_guard lock(mutex_);
        LiveView view = machine_.view(clock_.now());
        view.clock_known = clock_known_;
        return view;
    }

  private:
    mutable std::mutex mutex_;
    LiveMachine machine_;
    const Clock& clock_;
    bool clock_known_ = false;
};

}  // namespace saccade::media
