// Counts of lines and zones as an output: STEM.counts.json and STEM.counts.csv.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "saccade/error.h"
#include "sink/sink.h"

namespace saccade::engine {

/// A sink that counts the tracks it is given. `lines` and `zones` as in Settings.
/// Errors: invalid_argument for one that does not parse.
Result<std::unique_ptr<sink::Sink>> make_counts_sink(const std::filesystem::path& folder,
                                                     const std::string& stem,
                                                     const std::vector<std::string>& lines,
                                                     const std::vector<std::string>& zones);

}  // namespace saccade::engine
