#include "engine/model_store.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "catalogue/catalogue.h"
#include "core/remedy.h"
#include "engine/cached_model.h"
#include "model/foreign_model.h"

namespace saccade::engine {
namespace {

namespace fs = std::filesystem;

bool is_file(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

/// $NAME, else ~/fallback, else nothing (no home).
fs::path user_folder(const char* variable, const char* fallback) {
    if (const char* dir = std::getenv(variable); dir != nullptr && *dir != '\0') return dir;
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
        return fs::path(home) / fallback;
    }
    return {};
}

/// What there is to do where the model of a name is not here.
std::string way_to(const std::string& name) {
    const std::string other = "or name a file with --model";
    const catalogue::Model* known = catalogue::find(name);
    if (known == nullptr) return fmt::format("`saccade models` lists what there is, {}", other);
    if (known->fetched())
        return fmt::format("fetch it with `saccade models get {}`, {}", name, other);
    return fmt::format(
        "fetch one with `saccade models get {}`, export it as `saccade models show "
        "{}` says, {}",
        catalogue::first_model().name, name, other);
}

}  // namespace

fs::path cache_dir(const Settings& settings) {
    if (!settings.cache_dir.empty()) return settings.cache_dir;
    const fs::path user = user_folder("XDG_CACHE_HOME", ".cache");
    return (user.empty() ? fs::temp_directory_path() : user) / "saccade";
}

Result<fs::path> user_model_folder() {
    const fs::path data = user_folder("XDG_DATA_HOME", ".local/share");
    if (data.empty()) {
        return fail(ErrorCode::not_found, "there is no home folder to keep models in",
                    "name a folder with --to");
    }
    return data / "saccade" / "models";
}

std::vector<fs::path> model_folders(const Settings& settings) {
    std::vector<fs::path> folders(settings.model_dirs.begin(), settings.model_dirs.end());
    folders.emplace_back("models");
    if (auto own = user_model_folder()) folders.push_back(std::move(*own));
    const char* shared = std::getenv("SACCADE_SHARED");
    folders.push_back(fs::path(shared != nullptr ? shared : "../shared") / "models");
    return folders;
}

std::vector<FoundModel> models_found(const Settings& settings) {
    std::vector<FoundModel> all;
    std::set<std::string> seen;
    for (const fs::path& folder : model_folders(settings)) {
        std::vector<FoundModel> here;
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(folder, ignored)) {
            std::string name = entry.path().filename().string();
            if (name.ends_with(".xz")) name.resize(name.size() - 3);
            if (name.starts_with('.') || !name.ends_with(".onnx") || !is_file(entry.path()))
                continue;
            name.resize(name.size() - 5);
            here.push_back({std::move(name), entry.path()});
        }
        std::sort(here.begin(), here.end(), [](const FoundModel& a, const FoundModel& b) {
            return a.name != b.name ? a.name < b.name : a.path < b.path;  // plain before packed
        });
        for (FoundModel& file : here) {
            if (seen.insert(file.name).second) all.push_back(std::move(file));
        }
    }
    return all;
}

Result<fs::path> find_model(const Settings& settings) {
    auto found = locate_model(settings);
    return found ? unpacked(*found, settings) : found;
}

Result<fs::path> unpacked(const fs::path& located, const Settings& settings) {
    if (located.extension() != ".xz") return located;
    return unpacked_model(located, cache_dir(settings));
}

Result<fs::path> locate_model(const Settings& settings) {
    if (settings.model == "synthetic") {
        return synthetic_model(cache_dir(settings));
    }
    fs::path given = settings.model;
    if (auto foreign = model::foreign_model(given)) return fail(std::move(*foreign));
    if (is_file(given)) return given;
    const bool is_path = given.has_parent_path() || given.extension() == ".onnx";
    std::error_code ignored;
    if (fs::is_directory(given, ignored) && given.has_parent_path()) {
        return fail(ErrorCode::invalid_argument, fmt::format("{}: is a folder", settings.model),
                    "name the .onnx file in it");
    }
    if (given.has_parent_path()) {
        return fail(ErrorCode::not_found, fmt::format("{}: no such model file", settings.model),
                    look_beside(given));
    }
    const std::string stem = is_path ? given.stem().string() : settings.model;
    std::vector<std::string> searched;
    for (const fs::path& folder : model_folders(settings)) {
        if (fs::path plain = folder / (stem + ".onnx"); is_file(plain)) return plain;
        if (fs::path packed = folder / (stem + ".onnx.xz"); is_file(packed)) return packed;
        searched.push_back(folder.string());
    }
    return fail(ErrorCode::not_found,
                fmt::format("no model {0}.onnx in {1}", stem, fmt::join(searched, ", ")),
                way_to(stem));
}

Result<fs::path> locate_reid(const Settings& settings) {
    Settings named = settings;
    named.model = settings.reid;
    auto path = locate_model(named);
    if (!path && path.error().code == ErrorCode::not_found) {
        path.error().remedy = "name an ONNX file with --reid, or put one into one of these folders";
    }
    return path;
}

}  // namespace saccade::engine
