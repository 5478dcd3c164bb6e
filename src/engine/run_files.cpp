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
#include "sink/partial_mark.h"
#include "sink/registry.h"

namespace saccade::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view file_url = "file://";

/// Not "-", not a camera.
bool is_path(const std::string& location) {
    std::error_code ignored;
    return fs::exists(location, ignored) ||
           (location != "-" && location.find("://") == std::string::npos &&
            !location.starts_with("synthetic:"));
}

/// A folder that isn't there yet.
std::string way_out(const fs::path& out) {
    std::error_code ignored;
    std::string folder = (out / "results").lexically_normal().string();
    for (int n = 2; fs::exists(folder, ignored); ++n) {
        folder = (out / fmt::format("results-{}", n)).lexically_normal().string();
    }
    return fmt::format("choose another folder: --out '{}'", folder);
}

/// As it was named and, where that was packed, as it is read.
Result<fs::path> claim_model(const Result<fs::path>& located, const Settings& settings,
                             FileClaims& claims) {
    if (!located) return fail(located.error());
    auto ready = unpacked(*located, settings);
    if (!ready) return ready;
    for (const fs::path& file : {*located, *ready}) {
        if (auto done = claims.reads(file); !done) return fail(done.error());
    }
    return ready;
}

}  // namespace

std::vector<fs::path> outputs_of(const settings::StreamChoices& choices, const fs::path& folder,
                                 const std::string& stem) {
    std::vector<fs::path> outputs;
    for (const auto& format : sink::sinks()) {
        const bool table = format.name == "frames" && wants_frame_table(choices);
        if (!table && !choices.writes(format.name)) continue;
        outputs.push_back(folder / fmt::format("{}{}", stem, format.suffix));
        outputs.push_back(sink::partial_mark_of(outputs.back()));
    }
    outputs.push_back(folder / fmt::format("{}{}", stem, bad_images_suffix));
    return outputs;
}

Result<void> claim_location(const std::string& location, FileClaims& claims) {
    const bool url = location.starts_with(file_url);
    const std::string path = url ? location.substr(file_url.size()) : location;
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

Result<void> claim_sources(std::span<const std::string> sources,
                           std::span<const std::string> locations, FileClaims& claims) {
    std::set<std::string> names(sources.begin(), sources.end());
    names.insert(locations.begin(), locations.end());
    for (const std::string& name : names) {
        if (auto done = claim_location(name, claims); !done) return done;
    }
    return {};
}

Result<ModelFiles> claim_models(const Settings& settings, bool appearance, FileClaims& claims) {
    ModelFiles files;
    auto detector = claim_model(locate_model(settings), settings, claims);
    if (!detector) return fail(detector.error());
    files.detector = std::move(*detector);
    if (!appearance) return files;
    auto reid = claim_model(locate_reid(settings), settings, claims);
    if (!reid) return fail(reid.error());
    files.reid = std::move(*reid);
    return files;
}

Result<void> claim_ground(Mode mode, const Settings& settings, FileClaims& claims) {
    if (mode != Mode::track || settings.ground.empty()) return {};
    return claims.reads(settings.ground);
}

Result<void> claim_outputs(const settings::StreamChoices& choices, const fs::path& folder,
                           std::span<const std::string> stems, FileClaims& claims) {
    const std::string remedy = way_out(folder);
    if (auto done = claims.adds_to(folder / Journal::file_name, remedy); !done) return done;
    for (const std::string& stem : stems) {
        for (const fs::path& output : outputs_of(choices, folder, stem)) {
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
