#include "cli/step_progress.h"

#include <fmt/format.h>

#include <cstdio>

#include "core/atomic_file.h"

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

Result<void> write_whole_file(const std::filesystem::path& path, std::string_view bytes) {
    auto file = AtomicFile::create(path);
    if (!file) return fail(file.error());
    if (auto ok = file->write(bytes); !ok) return ok;
    return file->commit();
}

}  // namespace saccade::cli
