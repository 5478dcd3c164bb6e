// The progress line: a bar on a terminal, plain lines on a pipe.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "saccade/engine.h"

namespace saccade::cli {

/// "  42 %  1234 frames  87.5 fps  12 objects  ETA 0:34", for `view` after `elapsed`.
std::string progress_text(const ProgressView& view, std::chrono::duration<double> elapsed);

/// Shows progress on standard error. Log messages get out of its way. Any thread.
class ProgressLine {
  public:
    enum class Style { bar, lines, none };
    explicit ProgressLine(Style style);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void update(const ProgressView& view);

    /// bar where standard error is a terminal, else lines; none where `quiet`.
    static Style style_for(bool quiet);

  private:
    void clear();

    const Style style_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point start_, last_line_;
    std::string shown_;
};

}  // namespace saccade::cli
