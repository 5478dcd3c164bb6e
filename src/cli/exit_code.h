// What the process returns, as documented in README.md.
#pragma once

#include "saccade/engine.h"
#include "saccade/error.h"

namespace saccade::cli {

enum ExitCode : int {
    exit_done = 0,
    exit_failed = 1,
    exit_usage = 2,
    exit_partial = 3,  ///< a source was partly unreadable: what could be read is written
    exit_interrupted = 130,
};

[[nodiscard]] inline int exit_code(const Error& error) {
    switch (error.code) {
        case ErrorCode::invalid_argument: return exit_usage;
        case ErrorCode::interrupted: return exit_interrupted;
        default: return exit_failed;
    }
}

/// The worst of all streams; interrupted before failed before partial.
[[nodiscard]] inline int exit_code(const RunSummary& summary) {
    int code = exit_done;
    for (const StreamSummary& stream : summary.streams) {
        if (stream.status == Status::interrupted) return exit_interrupted;
        if (stream.status == Status::failed) code = exit_failed;
        if (stream.status == Status::partial && code == exit_done) code = exit_partial;
    }
    return code;
}

}  // namespace saccade::cli
