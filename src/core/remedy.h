// Ways out of an error that are commands. What stands between backticks in a remedy works when it
// is pasted into a shell, and nothing else stands between them (tests/e2e/remedies_test.cpp runs
// them).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace saccade {

/// `text` as one word of a shell: in single quotes, unless it needs none.
[[nodiscard]] std::string shell_word(std::string_view text);

/// For a path that leads to nothing: how to see what is there instead, in the nearest folder above
/// it that exists.
[[nodiscard]] std::string look_beside(const std::filesystem::path& path);

/// For one that can't be read: how to see who may.
[[nodiscard]] std::string look_who_may(const std::filesystem::path& path);

}  // namespace saccade
