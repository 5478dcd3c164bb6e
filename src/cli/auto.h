// --auto: the settings of a run chosen by a short probe of it.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "cli/config.h"
#include "engine/tune.h"
#include "saccade/engine.h"

namespace saccade::cli {

/// What may be changed for these sources: batch, batches under way, streams, threads, decoders.
/// What the user has set, by whatever means, stays as it is. `engines`: NVDEC engines of the run's
/// GPU, 0 on a host.
std::vector<engine::ChangeGroup> changes_for(const Config& config, std::size_t sources, int cores,
                                             int engines);

/// Runs the beginnings of the sources under several settings, which takes seconds, and returns the
/// best. Nothing is written. Errors: those of run(); invalid_argument for what can't be read twice
/// (standard input, URLs) or keeps its own pace (live).
Result<engine::Tuned> auto_settings(Mode mode, const Config& config,
                                    const std::vector<std::string>& sources, std::stop_token stop);

}  // namespace saccade::cli
