// How the pipeline of a run or a session works, by its settings.
#pragma once

#include <cstddef>

#include "pipeline/pipeline.h"
#include "saccade/engine.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// All but how many streams run at once and who is told.
[[nodiscard]] pipeline::PipelineOptions pipeline_options(const Settings& settings);

/// Live streams all run from the start. A GPU's decoders (seven on an H100) are busy with two
/// streams each. On a CPU the network fills all cores: more files at once would only take memory.
[[nodiscard]] std::size_t streams_at_once(const Settings& settings, std::size_t jobs,
                                          std::size_t devices, bool on_gpus);

}  // namespace saccade::engine
