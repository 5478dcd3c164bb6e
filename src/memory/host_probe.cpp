#include "memory/host_probe.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "memory/shares.h"

namespace saccade::memory {
namespace {

using std::filesystem::path;

/// The number in a file that holds nothing else; nothing for "max", and for v1's huge "no limit".
std::optional<std::size_t> number_in(const path& name) {
    std::ifstream file(name);
    std::uint64_t value = 0;
    constexpr std::uint64_t no_limit = std::uint64_t{1} << 60U;
    if (!(file >> value) || value >= no_limit) return std::nullopt;
    return value;
}

/// The number behind `key` of lines "key number".
std::optional<std::size_t> field_in(const path& name, const std::string& key) {
    std::ifstream file(name);
    for (std::string word; file >> word;) {
        std::uint64_t value = 0;
        if (word == key && file >> value) return value;
        file.clear();
        file.ignore(4096, '\n');
    }
    return std::nullopt;
}

/// The process's own group of a hierarchy, as /proc/self/cgroup has it: "0::/a/b" (v2) or
/// "5:memory:/a/b" (v1).
std::string group_of(const path& proc, const std::string& controller) {
    std::ifstream file(proc / "self/cgroup");
    for (std::string line; std::getline(file, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos) continue;
        if (line.substr(first + 1, second - first - 1) != controller) continue;
        std::string group = line.substr(second + 1);
        return group.substr(std::min(group.find_first_not_of('/'), group.size()));
    }
    return {};
}

struct Capacity {
    std::size_t total, available;
};

/// Narrows `capacity` to what each group from the process's own up to the mount's root allows.
void narrow(Capacity& capacity, const path& mount, const std::string& own, const char* limit_file,
            const char* current_file) {
    for (path group = path(own);; group = group.parent_path()) {
        const path folder = group.empty() ? mount : mount / group;
        if (const auto limit = number_in(folder / limit_file)) {
            const std::size_t current = number_in(folder / current_file).value_or(0);
            const std::size_t cache = field_in(folder / "memory.stat", "inactive_file").value_or(0);
            capacity.total = std::min(capacity.total, *limit);
            capacity.available = std::min(capacity.available,
                                          saturating_sub(*limit, saturating_sub(current, cache)));
        }
        if (group.empty()) return;
    }
}

}  // namespace

State HostProbe::read() {
    const path proc = root_ / "proc";
    State state;
    std::size_t pages = 0, resident = 0;
    if (std::ifstream statm(proc / "self/statm"); statm >> pages >> resident) {
        state.used = resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    }
    constexpr std::size_t kib = 1024;
    const auto total = field_in(proc / "meminfo", "MemTotal:");
    if (!total) return state;
    Capacity capacity{*total * kib,
                      field_in(proc / "meminfo", "MemAvailable:").value_or(*total) * kib};
    narrow(capacity, root_ / "sys/fs/cgroup", group_of(proc, ""), "memory.max", "memory.current");
    narrow(capacity, root_ / "sys/fs/cgroup/memory", group_of(proc, "memory"),
           "memory.limit_in_bytes", "memory.usage_in_bytes");
    state.total = capacity.total;
    state.others = saturating_sub(capacity.total, capacity.available + state.used);
    return state;
}

}  // namespace saccade::memory
