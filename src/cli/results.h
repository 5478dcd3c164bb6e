// Results on standard output, for a person or a program.
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "saccade/error.h"

namespace saccade::cli {

/// One thread. What can't be written is told by finish_results().
void print(std::string_view text);

template <typename... Args>
void print_formatted(fmt::format_string<Args...> format, Args&&... args) {
    print(fmt::format(format, std::forward<Args>(args)...));
}

/// Flushes. To be called last, by main(), for all verbs. Errors: unwritable, where anything printed
/// since the start was lost.
Result<void> finish_results();

}  // namespace saccade::cli
