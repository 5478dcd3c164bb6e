#include "cli/results.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace saccade::cli {
namespace {

int& first_failure() {
    static int reason = 0;
    return reason;
}

}  // namespace

void print(std::string_view text) {
    errno = 0;
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
    if (!written && first_failure() == 0) first_failure() = errno != 0 ? errno : EIO;
}

Result<void> finish_results() {
    errno = 0;
    const bool flushed = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (!flushed && first_failure() == 0) first_failure() = errno != 0 ? errno : EIO;
    if (first_failure() == 0) return {};
    return fail(
        ErrorCode::unwritable,
        fmt::format("standard output: can't be written: {}", std::strerror(first_failure())),
        "lead it to a file or pipe that takes all of it");
}

}  // namespace saccade::cli
