// `saccade bench mission`.
#pragma once

#include "cli/verb.h"

namespace saccade::cli {

/// Adds it to `bench`.
void add_mission(CLI::App& bench, Job& job);

}  // namespace saccade::cli
