#include "cli/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>

#include "cli/exit_code.h"
#include "cli/interrupts.h"

namespace saccade::cli {
namespace {

sigset_t handled() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

}  // namespace

SignalStop::SignalStop() {
    const sigset_t set = handled();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    // Writing to a closed pipe is an error like any other, told by write(2).
    signal(SIGPIPE, SIG_IGN);
    waiter_ = std::jthread([this](std::stop_token quit) {
        const sigset_t waited = handled();
        Interrupts interrupts;
        while (!quit.stop_requested()) {
            int number = 0;
            if (sigwait(&waited, &number) != 0 || quit.stop_requested()) continue;
            switch (interrupts.signalled(std::chrono::steady_clock::now())) {
                case Interrupts::Action::stop: source_.request_stop(); break;
                case Interrupts::Action::nothing: break;
                case Interrupts::Action::exit: _exit(exit_interrupted);
            }
        }
    });
}

SignalStop::~SignalStop() {
    waiter_.request_stop();
    pthread_kill(waiter_.native_handle(), SIGTERM);  // wakes sigwait
}

}  // namespace saccade::cli
