// The machine and the software that a measurement was made on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace saccade::profile {

struct Machine {
    std::string cpu;         ///< model name
    int cores = 1;           ///< this process may use
    std::size_t memory = 0;  ///< bytes
    std::string os;          ///< distribution
    std::string kernel;
    std::string gpu;              ///< all of them, "" where there is none
    std::string compiler, build;  ///< of this program
    double load = 0;              ///< processes that ran on average over the last minute
    std::vector<std::pair<std::string, std::string>>
        versions;  ///< of libraries, added by the caller
};

/// As it is now.
[[nodiscard]] Machine describe_machine();

/// The value behind "key" in lines of "key<tabs>: value" (/proc/cpuinfo) or "key=value"
/// (os-release), without quotes; "" where there is none.
[[nodiscard]] std::string find_value(std::string_view text, std::string_view key, char separator);

/// Such as "8 cores of Intel(R) Xeon(R), 31 GB, Debian GNU/Linux 12".
[[nodiscard]] std::string in_one_line(const Machine& machine);

}  // namespace saccade::profile
