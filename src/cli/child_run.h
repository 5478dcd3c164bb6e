// This program run once more, as a process of its own: what one run takes is not mixed with what
// others took before it.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "saccade/error.h"

namespace saccade::cli {

struct ChildRun {
    int exit_code = 0;
    std::string out, err;    ///< what it printed
    std::size_t memory = 0;  ///< the most that was resident, bytes
};

/// `arguments` are those behind the program's name. A requested stop is handed on as SIGTERM, and
/// the child's end is waited for. Errors: interrupted; internal (no process can be made, or it died
/// of a signal).
Result<ChildRun> run_child(const std::vector<std::string>& arguments, const std::stop_token& stop);

}  // namespace saccade::cli
