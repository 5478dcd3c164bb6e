// What --redact covers, as parts of a stream's pipeline.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/pipeline.h"
#include "saccade/error.h"
#include "saccade/settings.h"
#include "sink/cover.h"
#include "sink/mosaic.h"

namespace saccade::engine {

struct Redaction {
    sink::CoverOptions cover;
    sink::CoverStyle style = sink::CoverStyle::pixelate;
};

/// What the settings say; nothing where nothing is covered. Errors: invalid_argument for a class
/// that `model` has not.
Result<std::optional<Redaction>> redaction_of(const Settings& settings,
                                              const std::vector<std::string>& class_names,
                                              const std::string& model);

/// Adds it to a stream: a filter behind the one that is there, which finds out what is covered, and
/// an editor that covers it.
void add_redaction(const Redaction& redaction, pipeline::OpenedStream& opened);

}  // namespace saccade::engine
