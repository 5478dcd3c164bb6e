// One line of the jsonl format, from text to values; for jsonl_reader.cpp.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "saccade/error.h"
#include "saccade/types.h"
#include "sink/sink.h"

namespace saccade::sink {

struct JsonlFooter {
    Outcome outcome;
    std::uint64_t frames;
    std::vector<Outage> gaps;  ///< in which a live source was left
};

/// Errors of both: corrupt, without file and line. Unknown keys are passed over: a later writer may
/// add some within a version.

/// Errors also: unsupported for a newer version.
Result<Context> parse_jsonl_header(std::string_view line);
Result<std::variant<FrameResult, JsonlFooter>> parse_jsonl_line(std::string_view line);

}  // namespace saccade::sink
