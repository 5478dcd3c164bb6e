#include "engine/resume.h"

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "core/text_file.h"
#include "engine/summarize.h"

namespace saccade::engine {

Result<Resume> Resume::plan(Mode mode, const Settings& settings, const RunNetworks& networks,
                            std::span<const std::string> locations,
                            std::span<const std::string> stems) {
    Resume plan;
    plan.skips_ = settings.resume;
    for (std::size_t i = 0; i < locations.size(); ++i) {
        plan.files_.push_back({identify(locations[i]), locations[i], stems[i]});
    }
    const auto files = std::count_if(plan.files_.begin(), plan.files_.end(),
                                     [](const File& file) { return file.source.has_value(); });
    if (files == 0 || (files == 1 && !settings.resume)) return plan;
    const auto network = networks.detector->digest();
    if (!network) return fail(network.error());
    std::string reid;
    if (networks.reid) {
        auto digest = networks.reid->digest();
        if (!digest) return fail(digest.error());
        reid = std::move(*digest);
    }
    std::string ground;
    if (mode == Mode::track && !settings.ground.empty()) {
        auto text = read_text_file(settings.ground);
        if (!text) return fail(text.error());
        ground = std::move(*text);
    }
    plan.settings_ = settings_digest(mode, settings, *network, reid, ground);
    plan.journal_ = std::make_unique<Journal>(settings.out);
    return plan;
}

std::optional<StreamSummary> Resume::done(std::size_t location) const {
    const File& file = files_[location];
    if (!skips_ || journal_ == nullptr || !file.source) return std::nullopt;
    const auto entry = journal_->done(*file.source, file.stem, settings_);
    if (!entry) return std::nullopt;
    StreamSummary summary;
    summary.name = file.name;
    summary.skipped = true;
    summary.frames = entry->frames;
    summary.outputs = entry->outputs;
    return summary;
}

void Resume::ended(std::size_t location, const pipeline::StreamReport& report) {
    const File& file = files_[location];
    if (journal_ == nullptr || !file.source) return;
    const bool never_begun = report.status == Status::interrupted && report.frames == 0;
    if (never_begun) return;
    const auto noted = journal_->note({.source = *file.source,
                                       .stem = file.stem,
                                       .settings = settings_,
                                       .status = report.status,
                                       .frames = report.frames,
                                       .outputs = report.outputs});
    if (!noted) log::warning("--resume won't know of {}: {}", file.name, noted.error().line());
}

void Resume::finish() {
    if (journal_ == nullptr) return;
    if (const auto done = journal_->compact(); !done) log::warning("{}", done.error().line());
}

}  // namespace saccade::engine
