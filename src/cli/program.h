// The program `saccade`, for whoever has a main().
#pragma once

namespace saccade::cli {

/// Runs the verb that the words name. Returns the exit code; throws nothing. Once a process, before
/// other threads are made: signals are taken, and standard output is claimed.
int program(int argc, char** argv);

}  // namespace saccade::cli
