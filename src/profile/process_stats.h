// What the kernel tells of this process: threads, CPU time, memory (proc(5)).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace saccade::profile {

struct ThreadStats {
    int id = 0;  ///< Linux tid
    std::string name;
    std::chrono::nanoseconds cpu{0};
    std::chrono::nanoseconds delayed{0};  ///< ready to run, but no core was free
};

/// All threads alive now; empty where /proc is not to be read.
[[nodiscard]] std::vector<ThreadStats> read_threads();

/// Name from the text of /proc/PID/task/TID/comm, times from that of schedstat; nothing else read.
[[nodiscard]] ThreadStats parse_thread(int id, std::string_view comm, std::string_view schedstat);

/// Resident set, bytes; 0 where it can't be told.
[[nodiscard]] std::size_t resident_memory();

/// User and system time of all threads, those that ended included.
[[nodiscard]] std::chrono::nanoseconds process_cpu();

/// Time that all cores of the machine were at work since it started, for whomever (a hypervisor's
/// other guests too); 0 where /proc is not to be read.
[[nodiscard]] std::chrono::nanoseconds machine_cpu();

/// The same from the text of /proc/stat, whose unit is `ticks` a second.
[[nodiscard]] std::chrono::nanoseconds parse_machine_cpu(std::string_view stat, long ticks);

}  // namespace saccade::profile
