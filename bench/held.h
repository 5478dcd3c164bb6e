// What a process holds, for benchmarks of what must not grow.
#pragma once

#include <malloc.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace saccade::bench {

struct Held {
    double megabytes = 0, threads = 0, descriptors = 0;
};

/// What this process holds. Memory that the allocator keeps for later is given back first, where
/// there is such a thing (a sanitizer's own allocator keeps freed blocks in quarantine).
inline Held held() {
    ::malloc_trim(0);
    Held now;
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) now.megabytes = std::stod(line.substr(6)) / 1024;
        if (line.starts_with("Threads:")) now.threads = std::stod(line.substr(8));
    }
    const std::filesystem::directory_iterator open("/proc/self/fd");
    now.descriptors = static_cast<double>(std::distance(begin(open), end(open)));
    return now;
}

}  // namespace saccade::bench
