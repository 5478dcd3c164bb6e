// The file NAME.partial beside an output that ended early, for formats that can't say so
// themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "saccade/error.h"
#include "sink/sink.h"

namespace saccade::sink {

/// The mark's name: `output` plus ".partial".
[[nodiscard]] std::filesystem::path partial_mark_of(const std::filesystem::path& output);

/// Puts an output in place together with its mark, so that a crash in between never leaves a
/// partial output that looks complete: a new mark comes before the output, an old one goes after
/// it. `commit` puts the output in place; where it fails no new mark stays. Errors: of `commit`;
/// unwritable.
Result<void> commit_marked(const std::filesystem::path& output, Outcome outcome,
                           std::uint64_t frames, const std::function<Result<void>()>& commit);

}  // namespace saccade::sink
