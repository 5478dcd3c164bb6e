// Runs the FP32 network over the chosen pictures and counts what its tensors hold.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <stop_token>
#include <string>

#include "model/quantize/int8_plan.h"
#include "quantize/frames.h"
#include "quantize/network.h"
#include "quantize/ranges.h"
#include "quantize/table.h"
#include "saccade/error.h"

namespace saccade::quantize {

/// Histograms of all tensors that either shape quantises (model::int8_tensors), from the network's
/// own preprocessing. The table is kept in `folder` (not kept where it is empty) under the digests
/// of the network, the pictures and the input size; stored every 25 pictures and at an interrupt,
/// so that a second call goes on where the first one stopped. Deterministic. Errors: those of
/// reading and running; corrupt (values that are not finite); interrupted.
Result<Table> calibrate(const Network& network, std::span<const std::string> locations,
                        const Choice& choice, const std::filesystem::path& folder,
                        const std::stop_token& stop, const Progress& progress);

/// Nothing kept in FP32 yet.
[[nodiscard]] model::Int8Plan plan_of(const Table& table, const Network& network, Method method);

}  // namespace saccade::quantize
