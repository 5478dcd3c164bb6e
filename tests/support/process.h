// Runs a program and looks at all that comes out of it.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace saccade::test {

struct ProcessOptions {
    std::map<std::string, std::string> environment;  ///< added to ours
    std::filesystem::path stdin_file = "/dev/null";
    std::filesystem::path directory;                  ///< to run in; "" for ours
    std::optional<std::size_t> largest_file;          ///< RLIMIT_FSIZE, bytes: a disk that runs full
    std::optional<std::chrono::milliseconds> interrupt_after;  ///< SIGINT then
    std::chrono::seconds time_limit{60};              ///< SIGKILL then: a hang
};

struct ProcessResult {
    int exit_code = -1;  ///< -1 where a signal ended it
    int signal = 0;
    std::string out, err;
};

ProcessResult run_process(const std::vector<std::string>& arguments,
                          const ProcessOptions& options = {});

}  // namespace saccade::test
