// The memory of the machine (or of the container) as Linux tells of it.
#pragma once

#include <filesystem>

#include "memory/probe.h"

namespace saccade::memory {

/// Reads below `root`, which is "/" but in tests:
/// - used: the resident set, /proc/self/statm;
/// - total: MemTotal of /proc/meminfo, or the least limit of the process's cgroups where that is
///   lower (cgroup v2 memory.max up to the mount's root, v1 memory.limit_in_bytes);
/// - others: what is neither used by the process nor still to be had, which is MemAvailable, or
/// what
///   the tightest cgroup has left (its page cache counts as left, as MemAvailable counts it).
/// Where a file is missing or strange its number is 0; total 0 where the machine doesn't tell.
class HostProbe final : public Probe {
  public:
    explicit HostProbe(std::filesystem::path root = "/") : root_(std::move(root)) {}
    State read() override;

  private:
    std::filesystem::path root_;
};

}  // namespace saccade::memory
