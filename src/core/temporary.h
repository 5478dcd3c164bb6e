// The name beside an output under which it is made, and who holds it.
//
// It is the same in every run, ".NAME.saccade-tmp", and whoever makes the output holds a lock on it
// (flock) that the system frees when the process ends, however that happens. So two runs never make
// one output at the same time, and what a killed run left is known to be nobody's.
#pragma once

#include <filesystem>

namespace saccade {

[[nodiscard]] std::filesystem::path temporary_of(const std::filesystem::path& target);

/// Makes an empty file or folder of that name, locked, where a dead run's is removed first. Returns
/// its descriptor, which the caller closes once it has renamed or removed it; else an errno
/// negated: -EWOULDBLOCK where a living run holds it (with `wait`, it is waited for), -EEXIST where
/// something else is in the way. No file that was there is ever written to.
[[nodiscard]] int hold_file(const std::filesystem::path& temporary, bool wait);
[[nodiscard]] int hold_folder(const std::filesystem::path& temporary);

/// Gives what will replace `from` its mode and, where we may, its owner. Nothing where it isn't
/// there.
void hand_on_rights(const std::filesystem::path& from, int to);

/// Whether an output is being made, by this or by another process.
[[nodiscard]] bool being_made(const std::filesystem::path& target);

}  // namespace saccade
