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
#include "sink/live_shapes.h"
#include "sink/sink.h"
#include "track/ground.h"
#include "track/zones.h"

namespace saccade::sink {

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

/// A sink that counts the tracks it is given. Where the shapes change, the counts so far stay under
/// their names, and counting begins anew with the next frame: under a name that was there before it
/// goes on from that. Who is on the way over a line at that moment is not counted.
/// Errors: those of count_places().
Result<std::unique_ptr<Sink>> make_counts_sink(const std::filesystem::path& folder,
                                               const std::string& stem,
                                               std::shared_ptr<const LiveShapes> shapes);

}  // namespace saccade::sink
