// What a name stands for, for whoever is about to write to it.
#pragma once

#include <filesystem>
#include <optional>

namespace saccade {

/// Where writing to `path` ends: behind its links, those that lead nowhere yet too.
[[nodiscard]] std::filesystem::path behind_links(std::filesystem::path path);

/// The descriptor of this process that `path` names: /dev/stdout, /dev/fd/3, /proc/self/fd/3, or a
/// link to one of them.
[[nodiscard]] std::optional<int> own_descriptor(std::filesystem::path path);

}  // namespace saccade
