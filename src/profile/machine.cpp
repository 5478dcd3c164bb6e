#include "profile/machine.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "core/text_file.h"
#include "cuda/nvml.h"

namespace saccade::profile {
namespace {

std::string read_text(const char* path) {
    return read_text_file(path).value_or("");
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\"");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\"\r") - first + 1);
}

/// "NVIDIA H100, NVIDIA H100", "" without any.
std::string gpu_names() {
    std::string names;
    for (int i = 0;; ++i) {
        const auto gpu = cuda::Nvml::open(i);
        if (!gpu) return names;
        names += (names.empty() ? "" : ", ") + gpu->name();
    }
}

}  // namespace

std::string find_value(std::string_view text, std::string_view key, char separator) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto at = line.find(separator);
        if (at == std::string_view::npos || trimmed(line.substr(0, at)) != key) continue;
        return std::string(trimmed(line.substr(at + 1)));
    }
    return {};
}

Machine describe_machine() {
    Machine machine;
    machine.cpu = find_value(read_text("/proc/cpuinfo"), "model name", ':');
    cpu_set_t set;
    CPU_ZERO(&set);
    machine.cores = ::sched_getaffinity(0, sizeof set, &set) == 0
                        ? CPU_COUNT(&set)
                        : static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    machine.memory = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) *
                     static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    machine.os = find_value(read_text("/etc/os-release"), "PRETTY_NAME", '=');
    utsname name{};
    if (::uname(&name) == 0) machine.kernel = fmt::format("{} {}", name.sysname, name.release);
    machine.gpu = gpu_names();
    machine.compiler = "g++ " __VERSION__;
#ifdef NDEBUG
    machine.build = "optimised";
#else
    machine.build = "debug";
#endif
    double load[1] = {};
    if (::getloadavg(load, 1) == 1) machine.load = load[0];
    return machine;
}

std::string in_one_line(const Machine& machine) {
    return fmt::format("{} core{} of {}, {:.0f} GB, {}", machine.cores,
                       machine.cores == 1 ? "" : "s",
                       machine.cpu.empty() ? "an unnamed CPU" : machine.cpu,
                       static_cast<double>(machine.memory) / 1e9,
                       machine.os.empty() ? machine.kernel : machine.os) +
           (machine.gpu.empty() ? "" : ", " + machine.gpu);
}

}  // namespace saccade::profile
