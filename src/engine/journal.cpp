#include "engine/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/atomic_file.h"
#include "core/digest.h"
#include "engine/model_store.h"
#include "saccade/version.h"

namespace saccade::engine {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kWords[] = {"complete", "partial", "interrupted", "failed"};

std::string line_of(const JournalEntry& e) {
    const json line = {{"source", e.source.path},
                       {"size", e.source.size},
                       {"mtime", e.source.mtime},
                       {"stem", e.stem},
                       {"settings", e.settings},
                       {"status", kWords[static_cast<std::size_t>(e.status)]},
                       {"frames", e.frames},
                       {"outputs", e.outputs}};
    return line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::optional<JournalEntry> entry_of(const std::string& text) {
    try {
        const json line = json::parse(text);
        JournalEntry e;
        e.source = {line.at("source").get<std::string>(), line.at("size").get<std::uint64_t>(),
                    line.at("mtime").get<std::int64_t>()};
        e.stem = line.at("stem").get<std::string>();
        e.settings = line.at("settings").get<std::string>();
        e.frames = line.at("frames").get<std::uint64_t>();
        e.outputs = line.at("outputs").get<std::vector<std::string>>();
        const auto word = line.at("status").get<std::string>();
        const auto* known = std::find(std::begin(kWords), std::end(kWords), word);
        if (known == std::end(kWords)) return std::nullopt;
        e.status = static_cast<Status>(known - std::begin(kWords));
        return e;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

bool replaces(const JournalEntry& now, const JournalEntry& old) {
    if (now.source.path == old.source.path && now.stem == old.stem) return true;
    return std::any_of(old.outputs.begin(), old.outputs.end(), [&](const std::string& output) {
        return std::find(now.outputs.begin(), now.outputs.end(), output) != now.outputs.end();
    });
}

}  // namespace

std::optional<SourceFile> identify(const std::string& location) {
    std::error_code error;
    if (!fs::is_regular_file(location, error)) return std::nullopt;
    const auto size = fs::file_size(location, error);
    if (error) return std::nullopt;
    const auto mtime = fs::last_write_time(location, error);
    if (error) return std::nullopt;
    const auto path = fs::canonical(location, error);
    if (error) return std::nullopt;
    return SourceFile{path.string(), size, mtime.time_since_epoch().count()};
}

Result<std::string> settings_digest(Mode mode, const Settings& settings,
                                    const std::filesystem::path& model) {
    const auto weights = sha256_of_file(model);
    if (!weights) return fail(weights.error());
    std::string looks;
    if (mode == Mode::track && !settings.reid.empty()) {
        const auto reid = find_reid(settings);
        if (!reid) return fail(reid.error());
        auto read = sha256_of_file(*reid);
        if (!read) return fail(read.error());
        looks = std::move(*read);
    }
    const Settings& s = settings;
    const json what = {SACCADE_VERSION, mode == Mode::track, *weights,      s.family,
                       s.device,        s.precision,         s.image_size,  s.confidence,
                       s.iou,           s.max_detections,    s.classes,     s.multi_label,
                       s.tracker,       s.interpolate,       s.camera_motion, s.lines,
                       s.zones,         s.image_rate,        s.live,        s.save,
                       looks,           s.rectangles,    s.refine,            s.refine_budget,
                       s.remember};
    Digest digest(Digest::Algorithm::sha256);
    digest.update(what.dump(-1, ' ', true, json::error_handler_t::replace));
    return digest.hex();
}

Journal::Journal(std::filesystem::path folder) : file_(std::move(folder) / kName) {
    std::ifstream file(file_);
    for (std::string text; std::getline(file, text);) {
        if (auto entry = entry_of(text)) entries_.push_back(std::move(*entry));
    }
}

std::optional<JournalEntry> Journal::done(const SourceFile& source, const std::string& stem,
                                          const std::string& settings) const {
    std::lock_guard lock(mutex_);
    for (const JournalEntry& e : entries_) {
        if (e.status != Status::complete || e.source != source || e.stem != stem ||
            e.settings != settings) {
            continue;
        }
        std::error_code ignored;
        const bool whole =
            std::all_of(e.outputs.begin(), e.outputs.end(),
                        [&](const std::string& output) { return fs::exists(output, ignored); });
        if (whole) return e;
    }
    return std::nullopt;
}

Result<void> Journal::note(const JournalEntry& entry) {
    std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const JournalEntry& old) { return replaces(entry, old); });
    entries_.push_back(entry);
    auto file = AtomicFile::create(file_);
    if (!file) return fail(file.error());
    for (const JournalEntry& e : entries_) {
        if (auto written = file->write(line_of(e)); !written) return written;
    }
    return file->commit();
}

}  // namespace saccade::engine
