#include "core/process_age.h"

#include <time.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

namespace saccade {

std::chrono::nanoseconds process_age() {
    using namespace std::chrono;
    // proc(5): field 22, in ticks since boot; the second, a name, may hold anything up to its last
    // ')'.
    std::ifstream file("/proc/self/stat");
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return nanoseconds{0};
    std::istringstream fields(text.substr(name_end + 1));
    std::string field;
    for (int i = 3; i < 22; ++i) fields >> field;
    long long ticks = 0;
    timespec now{};
    const long a_second = ::sysconf(_SC_CLK_TCK);
    if (!(fields >> ticks) || a_second <= 0 || ::clock_gettime(CLOCK_BOOTTIME, &now) != 0) {
        return nanoseconds{0};
    }
    return seconds(now.tv_sec) + nanoseconds(now.tv_nsec) -
           nanoseconds(ticks * (1'000'000'000 / a_second));
}

}  // namespace saccade
