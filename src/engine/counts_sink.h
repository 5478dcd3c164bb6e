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
#include "track/ground.h"
#include "track/zones.h"

namespace saccade::engine {

inline constexpr std::array kCountsSuffixes = {".counts.json", ".counts.csv"};

/// Whether a run has anything to count.
[[nodiscard]] inline bool counts_wanted(Mode mode, const Settings& settings) {
    return mode == Mode::track && !(settings.lines.empty() && settings.zones.empty());
}

struct CountPlaces {
    std::vector<track::Line> lines;
    std::vector<track::Zone> zones;
};

/// `lines` and `zones` as in Settings, brought to pixels. Errors: invalid_argument for one that
/// does not parse, is in metres where `ground` is none, or is not in front of its horizon.
Result<CountPlaces> count_places(const std::vector<std::string>& lines,
                                 const std::vector<std::string>& zones,
                                 const track::GroundPlane* ground);

/// A sink that counts the tracks it is given.
std::unique_ptr<sink::Sink> make_counts_sink(const std::filesystem::path& folder,
                                             const std::string& stem, CountPlaces places);

}  // namespace saccade::engine
