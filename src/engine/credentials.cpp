#include "engine/credentials.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <set>
#include <sstream>
#include <string_view>

#include "core/log.h"
#include "core/percent.h"
#include "core/text_file.h"
#include "media/live_source.h"

namespace saccade::engine {
namespace {

constexpr std::string_view blanks = " \t";

/// The next word of a line, which goes on behind it.
std::string_view word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::string_view found = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(found.size());
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    return found;
}

std::string without_port(const std::string& host) {
    // ("[::1]:554" has colons of its own.)
    const auto colon = host.rfind(':');
    return colon == std::string::npos || host.find(']', colon) != std::string::npos
               ? host
               : host.substr(0, colon);
}

/// Once a file: whoever else has an account on the machine could read it.
void warn_if_open(const std::string& file) {
    struct stat status{};
    constexpr mode_t others = S_IRWXG | S_IRWXO;
    if (::stat(file.c_str(), &status) != 0 || (status.st_mode & others) == 0) return;
    static std::mutex mutex;
    static std::set<std::string> told;
    std::lock_guard lock(mutex);
    if (told.insert(file).second) {
        log::warning("{}: others on this machine can read these passwords; chmod 600 {}", file,
                     file);
    }
}

}  // namespace

Result<std::string> camera_login(const std::string& location, const std::string& file) {
    if (!file.empty()) {
        const auto text = read_text_file(file);
        if (!text) return fail(text.error());
        warn_if_open(file);
        const std::string host = media::host_of(location);
        std::istringstream lines(*text);
        std::string whole;
        for (int number = 1; std::getline(lines, whole); ++number) {
            if (whole.ends_with('\r')) whole.pop_back();
            std::string_view line = whole;
            const std::string_view name = word(line), user = word(line);
            if (name.empty() || name.starts_with('#')) continue;
            if (user.empty() || line.empty()) {
                return fail(ErrorCode::invalid_argument,
                            fmt::format("{}: line {} is no \"HOST USER PASSWORD\"", file, number),
                            "HOST may be * for any; # begins a comment");
            }
            if (name != "*" && name != host && name != without_port(host)) continue;
            return percent_encoded(user) + ":" + percent_encoded(line);
        }
    }
    const char* const login = std::getenv("SACCADE_CAMERA_LOGIN");
    if (login == nullptr || *login == '\0') return "";
    const std::string_view both = login;
    const auto colon = both.find(':');
    if (colon == std::string_view::npos) {
        return fail(ErrorCode::invalid_argument,
                    "SACCADE_CAMERA_LOGIN: there is no colon between user and password");
    }
    return percent_encoded(both.substr(0, colon)) + ":" + percent_encoded(both.substr(colon + 1));
}

}  // namespace saccade::engine
