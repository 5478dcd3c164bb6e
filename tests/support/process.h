// Runs a program and looks at all that comes out of it.
#pragma once

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace saccade::test {

struct ProcessOptions {
    std::map<std::string, std::string> environment;  ///< added to ours
    std::filesystem::path stdin_file = "/dev/null";
    std::filesystem::path stdout_file;        ///< written to or added to; "": into the result
    std::vector<int> closed;                  ///< of the standard streams, 0 to 2
    std::filesystem::path directory;          ///< to run in; "" for ours
    std::optional<std::size_t> largest_file;  ///< RLIMIT_FSIZE, bytes: a disk that runs full
    std::function<bool()> interrupt_when;     ///< signalled once it says so; asked every 2 ms
    int signal = SIGINT;
    std::vector<std::chrono::milliseconds> again;  ///< the same signal, so long after the first
    std::chrono::seconds time_limit{300};          ///< SIGKILL then: a hang, on the slowest machine
};

struct ProcessResult {
    int exit_code = -1;  ///< -1 where a signal ended it
    int signal = 0;
    std::string out, err;
};

ProcessResult run_process(const std::vector<std::string>& arguments,
                          const ProcessOptions& options = {});

}  // namespace saccade::test
