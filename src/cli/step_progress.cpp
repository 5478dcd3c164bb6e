#include "cli/step_progress.h"

#include <fmt/format.h>

#include <cstdio>

namespace saccade::cli {

void StepProgress::operator()(const char* step, std::size_t done, std::size_t of) {
    if (style_ == ProgressLine::Style::none) return;
    if (step_ != step) {
        bar_.reset();
        step_ = step;
        fmt::print(stderr, "{} ...\n", step_);
        bar_.emplace(style_);
    }
    bar_->update({.frames = done, .frames_expected = of});
}

}  // namespace saccade::cli
