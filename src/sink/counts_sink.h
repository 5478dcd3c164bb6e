// Counts of lines and zones as an output: STEM.counts.json and STEM.counts.csv.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "saccade/engine.h"
#include "saccade/error.h"
#include "saccade/settings.h"
#include "sink/sink.h"

namespace saccade::sink {

inline constexpr std::array kCountsSuffixes = {".counts.json", ".counts.csv"};

/// Whether a run has anything to count.
[[nodiscard]] inline bool counts_wanted(Mode mode, const Settings& settings) {
    return mode == Mode::track && !(settings.lines.empty() && settings.zones.empty());
}

/// A sink that counts the tracks it is given. `lines` and `zones` as in Settings.
/// Errors: invalid_argument for one that does not parse.
Result<std::unique_ptr<Sink>> make_counts_sink(const std::filesystem::path& folder,
                                               const std::string& stem,
                                               const std::vector<std::string>& lines,
                                               const std::vector<std::string>& zones);

}  // namespace saccade::sink
