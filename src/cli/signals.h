// SIGINT and SIGTERM as a stop request.
#pragma once

#include <stop_token>
#include <thread>

namespace saccade::cli {

/// While it lives, the first SIGINT or SIGTERM requests a stop, and one that comes over a second
/// later ends the process at once (cli/interrupts.h). To be made before other threads start: they
/// inherit its signal mask.
class SignalStop {
  public:
    SignalStop();
    ~SignalStop();
    SignalStop(const SignalStop&) = delete;
    SignalStop& operator=(const SignalStop&) = delete;

    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

  private:
    std::stop_source source_;
    std::jthread waiter_;
};

}  // namespace saccade::cli
