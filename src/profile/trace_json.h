// A recorded run as a file that ui.perfetto.dev and chrome://tracing open.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "profile/sampler.h"
#include "saccade/error.h"
#include "trace/trace.h"

namespace saccade::profile {

/// The Trace Event Format of Chrome ("Trace Event Format", Google, 2016, and what Perfetto's
/// documentation says of it): a complete event ("X") an activity on its thread's track, flow events
/// ("s", "t", "f") that lead from stage to stage of a frame, counters ("C") of cores and memory.
/// Times are microseconds since the tracer's start.
[[nodiscard]] std::string trace_json(const Tracer& tracer, std::span<const Sample> samples = {});

/// Writes trace_json() whole or not at all. Errors: unwritable.
Result<void> write_trace(const std::filesystem::path& path, const Tracer& tracer,
                         std::span<const Sample> samples = {});

}  // namespace saccade::profile
