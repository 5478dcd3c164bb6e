// All files of a run: those that it reads and those that it will write.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/file_claims.h"
#include "saccade/error.h"
#include "saccade/settings.h"
#include "settings/stream_choices.h"

namespace saccade::engine {

/// The files, folders and names that outputs of `stem` get in `folder`, marks of partial ones too.
std::vector<std::filesystem::path> outputs_of(const settings::StreamChoices& choices,
                                              const std::filesystem::path& folder,
                                              const std::string& stem);

/// What is read for one location of media::expand_locations: the file, or a folder or pattern with
/// its images. What isn't there is claimed by its name.
Result<void> claim_location(const std::string& location, FileClaims& claims);

/// Sources as the user named them, lists among them, and what they expand to. Errors: those of
/// FileClaims.
Result<void> claim_sources(std::span<const std::string> sources,
                           std::span<const std::string> locations, FileClaims& claims);

/// The ONNX files of a run.
struct ModelFiles {
    std::filesystem::path detector;
    std::optional<std::filesystem::path> reid;
};
/// Finds them, the second where a ReID network is used, and claims them: as they were named
/// and, where they were packed, as they were unpacked. Errors: those of FileClaims and find_model.
Result<ModelFiles> claim_models(const Settings& settings, bool appearance, FileClaims& claims);

/// The file of Settings::ground, where it is used. Errors: those of FileClaims.
Result<void> claim_ground(Mode mode, const Settings& settings, FileClaims& claims);

/// Errors: those of FileClaims; unwritable for one that another run is writing.
Result<void> claim_outputs(const settings::StreamChoices& choices,
                           const std::filesystem::path& folder, std::span<const std::string> stems,
                           FileClaims& claims);

}  // namespace saccade::engine
