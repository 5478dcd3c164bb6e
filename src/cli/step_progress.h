// Progress of a verb that works in steps: the name of each, and a bar.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "cli/progress.h"

namespace saccade::cli {

/// One thread.
class StepProgress {
  public:
    explicit StepProgress(bool quiet) : style_(ProgressLine::style_for(quiet)) {}

    /// `of` 0: not known.
    void operator()(const char* step, std::size_t done, std::size_t of);
    /// Clears the line, before the result is printed.
    void end() { bar_.reset(); }

  private:
    const ProgressLine::Style style_;
    std::string step_;
    std::optional<ProgressLine> bar_;
};

}  // namespace saccade::cli
