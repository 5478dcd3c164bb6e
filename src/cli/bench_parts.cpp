#include "cli/bench_parts.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <ctime>
#include <tuple>
#include <utility>

#include "bench/accuracy.h"
#include "core/atomic_file.h"
#include "core/mask_secrets.h"
#include "engine/model_store.h"
#include "engine/run_files.h"
#include "settings/table.h"

namespace saccade::cli {

namespace fs = std::filesystem;

Result<Scratch> Scratch::make() {
    std::string name = (fs::temp_directory_path() / "saccade-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        return fail(ErrorCode::unwritable, name + ": no folder can be made here",
                    "set TMPDIR to one with room");
    }
    Scratch scratch;
    scratch.path_ = name;
    return scratch;
}

Scratch::~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}

std::string setup_text(const Settings& settings, const std::string& clip) {
    return fmt::format("{}, {}, {}", std::filesystem::path(settings.model).filename().string(),
                       settings.precision,
                       std::filesystem::path(mask_url(clip)).filename().string());
}

Result<void> claim_reports(const ReportFiles& files) {
    for (const auto& [file, flag] :
         {std::pair{files.json, "--json-file"}, std::pair{files.markdown, "--markdown"},
          std::pair{files.html, "--html"}}) {
        if (file.empty()) continue;
        auto claimed = verb_files().writes(file, fmt::format("name another file with {}", flag));
        if (!claimed) return claimed;
    }
    return {};
}

Result<void> write_reports(const ReportFiles& files, const std::string& json,
                           const std::string& markdown, const std::string& html) {
    for (const auto& [path, text, flag] : {std::tuple{files.json, &json, "--json-file"},
                                           std::tuple{files.markdown, &markdown, "--markdown"},
                                           std::tuple{files.html, &html, "--html"}}) {
        if (path.empty()) continue;
        auto written =
            write_whole(path, *text, {.way_out = fmt::format("name another file with {}", flag)});
        if (!written) return written;
    }
    return {};
}

Result<void> claim_inputs(const Settings& settings, const std::vector<std::string>& models,
                          const std::string& coco, const std::string& clip) {
    FileClaims& files = verb_files();
    std::vector<fs::path> read;
    if (!coco.empty()) read = {coco, bench::images_beside(coco)};
    std::vector<std::string> named = models;
    named.push_back(settings.model);
    for (const std::string& model : named) {
        Settings other = settings;
        other.model = model;
        if (const auto found = engine::locate_model(other)) read.push_back(*found);
    }
    for (const fs::path& file : read) {
        if (auto claimed = files.reads(file); !claimed) return claimed;
    }
    return engine::claim_location(clip, files);
}

std::string settings_words(const SettingFlags& flags) {
    std::string words;
    for (const settings::Row& row : settings::table()) {
        const auto given = flags.given.find(row.key);
        if (given == flags.given.end() || row.value.starts_with("DIR")) continue;
        const std::string flag = row.flags.substr(row.flags.find("--"));
        const bool is_file = row.value.find("FILE") != std::string::npos;
        words += fmt::format(" {} {}", flag,
                             is_file ? fs::path(given->second).filename().string() : given->second);
    }
    return flags.half ? words + " --half" : words;
}

std::string now_utc() {
    const std::time_t now = std::time(nullptr);
    char text[32] = {};
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &utc);
    return text;
}

}  // namespace saccade::cli
