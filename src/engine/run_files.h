// All files of a run: those that it reads and those that it will write.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/file_claims.h"
#include "saccade/engine.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// The files, folders and names that outputs of `stem` get by these settings, marks of partial ones
/// too.
std::vector<std::filesystem::path> outputs_of(Mode mode, const Settings& settings,
                                              const std::string& stem);

/// What is read for one location of media::expand_locations: the file, or a folder or pattern with
/// its images. What isn't there is claimed by its name.
Result<void> claim_location(const std::string& location, FileClaims& claims);

/// Sources as the user named them, lists among them; what they expand to; the networks.
/// Errors: those of FileClaims and find_model.
Result<void> claim_inputs(Mode mode, const Settings& settings, std::span<const std::string> sources,
                          std::span<const std::string> locations, FileClaims& claims);

/// Errors: those of FileClaims; unwritable for one that another run is writing.
Result<void> claim_outputs(Mode mode, const Settings& settings, std::span<const std::string> stems,
                           FileClaims& claims);

}  // namespace saccade::engine
