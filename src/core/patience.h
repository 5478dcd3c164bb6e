// Waiting for memory that others may give back.
#pragma once

#include <chrono>
#include <stop_token>
#include <thread>
#include <utility>

#include "saccade/error.h"

namespace saccade {

struct Patience {
    std::chrono::milliseconds total{20'000};  ///< how long it is tried again
    std::chrono::milliseconds pause{10};      ///< between two tries
};

/// What `attempt` gives, which is called again for as long as it finds no memory. `told` is called
/// once, before the first wait. The last failure where patience ends or `stop` is requested.
/// Blocks.
template <typename Attempt, typename Told>
auto while_no_memory(Attempt&& attempt, const Patience& patience, const std::stop_token& stop,
                     Told&& told) -> decltype(attempt()) {
    auto left = patience.total;
    for (bool first = true;; first = false) {
        auto result = attempt();
        const bool wait = !result && result.error().code == ErrorCode::out_of_memory;
        if (!wait || left < patience.pause || stop.stop_requested()) return result;
        if (first) told();
        std::this_thread::sleep_for(patience.pause);
        left -= patience.pause;
    }
}

}  // namespace saccade
