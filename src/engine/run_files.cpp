#include "engine/run_files.h"

#include <fmt/format.h>

#include <set>

#include "core/output_target.h"
#include "core/temporary.h"
#include "engine/bad_images.h"
#include "engine/journal.h"
#include "engine/model_store.h"
#include "engine/open_stream.h"
#include "media/names.h"
#include "sink/counts_sink.h"
#include "sink/partial_mark.h"
#include "sink/registry.h"

namespace saccade::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFileUrl = "file://";

/// Not "-", not a camera.
bool is_path(const std::string& location) {
    std::error_code ignored;
    return fs::exists(location, ignored) ||
           (location != "-" && location.find("://") == std::string::npos &&
            !location.starts_with("synthetic:"));
}

/// A folder that isn't there yet.
std::string way_out(const std::string& out) {
    std::error_code ignored;
    std::string folder = (fs::path(out) / "results").lexically_normal().string();
    for (int n = 2; fs::exists(folder, ignored); ++n) {
        folder = (fs::path(out) / fmt::format("results-{}", n)).lexically_normal().string();
    }
    return fmt::format("choose another folder: --out '{}'", folder);
}

Result<void> claim_model(const Settings& settings, FileClaims& claims) {
    const auto found = locate_model(settings);
    if (!found) return fail(found.error());
    const auto ready = find_model(settings);
    if (!ready) return fail(ready.error());
    if (auto done = claims.reads(*found); !done) return done;
    return claims.reads(*ready);
}

}  // namespace

std::vector<fs::path> outputs_of(Mode mode, const Settings& settings, const std::string& stem) {
    const fs::path folder = settings.out;
    std::vector<fs::path> outputs;
    std::vector<std::string> saved = settings.save;
    if (wants_frame_table(settings)) saved.emplace_back("frames");
    for (const auto& format : sink::sinks()) {
        for (const std::string& wanted : saved) {
            if (wanted != format.name) continue;
            outputs.push_back(folder / fmt::format("{}{}", stem, format.suffix));
            outputs.push_back(sink::partial_mark_of(outputs.back()));
        }
    }
    outputs.push_back(folder / fmt::format("{}{}", stem, kBadImagesSuffix));
    if (sink::counts_wanted(mode, settings)) {
        for (const char* suffix : sink::kCountsSuffixes)
            outputs.push_back(folder / (stem + suffix));
    }
    return outputs;
}

Result<void> claim_location(const std::string& location, FileClaims& claims) {
    const bool url = location.starts_with(kFileUrl);
    const std::string path = url ? location.substr(kFileUrl.size()) : location;
    if (!url && !is_path(location)) return {};
    std::error_code ignored;
    const bool there = fs::exists(path, ignored);
    const bool pattern = !there && media::is_pattern(path);
    if (!pattern) {
        if (auto done = claims.reads(path); !done) return done;
    }
    if (!pattern && !fs::is_directory(path, ignored)) return {};
    // (What can't be listed is told when it is opened.)
    const auto members = pattern ? media::match_files(path) : media::list_folder(path);
    if (!members) return {};
    for (const std::string& member : *members) {
        if (auto done = claims.reads(member); !done) return done;
    }
    return {};
}

Result<void> claim_inputs(Mode mode, const Settings& settings, std::span<const std::string> sources,
                          std::span<const std::string> locations, FileClaims& claims) {
    std::set<std::string> names(sources.begin(), sources.end());
    names.insert(locations.begin(), locations.end());
    for (const std::string& name : names) {
        if (auto done = claim_location(name, claims); !done) return done;
    }
    if (auto done = claim_model(settings, claims); !done) return done;
    if (mode == Mode::track && !settings.ground.empty()) {
        if (auto done = claims.reads(settings.ground); !done) return done;
    }
    if (mode != Mode::track || settings.reid.empty()) return {};
    Settings looks = settings;
    looks.model = settings.reid;
    const auto reid = find_reid(settings);
    if (!reid) return fail(reid.error());
    return claim_model(looks, claims);
}

Result<void> claim_outputs(Mode mode, const Settings& settings, std::span<const std::string> stems,
                           FileClaims& claims) {
    const std::string remedy = way_out(settings.out);
    if (auto done = claims.adds_to(fs::path(settings.out) / Journal::kName, remedy); !done)
        return done;
    for (const std::string& stem : stems) {
        for (const fs::path& output : outputs_of(mode, settings, stem)) {
            if (auto done = claims.writes(output, remedy); !done) return done;
            if (being_made(behind_links(output))) {
                return fail(ErrorCode::unwritable, output.string() + ": another run is writing it",
                            "wait for it, or " + remedy);
            }
        }
    }
    return {};
}

}  // namespace saccade::engine
