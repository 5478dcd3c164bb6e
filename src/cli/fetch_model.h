// A model's file fetched for a person, who sees where from and how far.
#pragma once

#include <filesystem>
#include <stop_token>

#include "catalogue/obtain.h"

namespace saccade::cli {

/// Says on standard error (unless `quiet`) what is fetched and from where, with progress. `folder`
/// "": the user's model folder. SACCADE_MODEL_MIRROR is honoured. Errors: those of
/// catalogue::obtain and origin_of; not_found where the user has no home.
Result<catalogue::Obtained> fetch_model(const catalogue::Model& model,
                                        const std::filesystem::path& folder, bool quiet,
                                        const std::stop_token& stop);

}  // namespace saccade::cli
