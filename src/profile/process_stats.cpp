#include "profile/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>

#include "core/text_file.h"

namespace saccade::profile {
namespace {

/// Empty where it can't be read: a thread that ends takes its files with it, also while they are
/// open.
std::string read_text(const std::filesystem::path& path) {
    return read_text_file(path).value_or("");
}

/// The number at the front of `text`, which moves past it and the space behind it.
std::int64_t take_number(std::string_view& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty()) text.remove_prefix(1);
    return error == std::errc{} ? value : 0;
}

}  // namespace

ThreadStats parse_thread(int id, std::string_view comm, std::string_view schedstat) {
    ThreadStats stats{.id = id, .name = std::string(comm)};
    while (!stats.name.empty() && stats.name.back() == '\n') stats.name.pop_back();
    stats.cpu = std::chrono::nanoseconds(take_number(schedstat));
    stats.delayed = std::chrono::nanoseconds(take_number(schedstat));
    return stats;
}

std::vector<ThreadStats> read_threads() {
    std::vector<ThreadStats> threads;
    std::error_code error;
    for (std::filesystem::directory_iterator task("/proc/self/task", error), end;
         !error && task != end; task.increment(error)) {
        const std::string number = task->path().filename().string();
        int id = 0;
        std::from_chars(number.data(), number.data() + number.size(), id);
        const std::string schedstat = read_text(task->path() / "schedstat");
        if (schedstat.empty()) continue;  // it has just ended
        threads.push_back(parse_thread(id, read_text(task->path() / "comm"), schedstat));
    }
    return threads;
}

std::size_t resident_memory() {
    std::ifstream file("/proc/self/statm");
    std::size_t total = 0, resident = 0;
    file >> total >> resident;
    return file ? resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

std::chrono::nanoseconds process_cpu() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& t) {
        return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

std::chrono::nanoseconds parse_machine_cpu(std::string_view stat, long ticks) {
    if (!stat.starts_with("cpu ") || ticks <= 0) return {};
    stat.remove_prefix(std::min(stat.find_first_not_of(" ", 4), stat.size()));
    // user, nice, system, idle, iowait, irq, softirq, steal; guests are in user already
    std::int64_t busy = 0;
    for (int column = 0; column < 8; ++column) {
        const std::int64_t value = take_number(stat);
        if (column != 3 && column != 4) busy += value;
    }
    return std::chrono::nanoseconds(busy * (1'000'000'000 / ticks));
}

std::chrono::nanoseconds machine_cpu() {
    return parse_machine_cpu(read_text("/proc/stat"), ::sysconf(_SC_CLK_TCK));
}

}  // namespace saccade::profile
