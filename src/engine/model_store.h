// Finds models by name, unpacks them where they are packed, makes the synthetic one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// Where caches live: the setting, else $XDG_CACHE_HOME/saccade, else ~/.cache/saccade.
std::filesystem::path cache_dir(const Settings& settings);

/// Folders that are searched, in order: the setting's, ./models, $XDG_DATA_HOME/saccade/models (or
/// ~/.local/share/...), then the test data's ($SACCADE_SHARED/models or ../shared/models).
std::vector<std::filesystem::path> model_folders(const Settings& settings);

/// Where models are fetched to: $XDG_DATA_HOME/saccade/models, or ~/.local/share/saccade/models.
/// Errors: not_found where there is neither.
Result<std::filesystem::path> user_model_folder();

struct FoundModel {
    std::string name;  ///< as --model takes it
    std::filesystem::path path;
};
/// All in the folders above that have a name of their own (of files of one name the first counts),
/// by folder and name.
std::vector<FoundModel> models_found(const Settings& settings);

/// The file that settings.model means, packed (NAME.onnx.xz) or not. Errors: as find_model.
Result<std::filesystem::path> locate_model(const Settings& settings);

/// The ONNX file for settings.model: a path as it is, a name ("yolo11n") as NAME.onnx or
/// NAME.onnx.xz of the first folder that has it, "synthetic" as the generated network for the
/// synthetic scene. Packed and generated files are kept in the cache, under their content's digest.
/// Errors: not_found (with the folders searched and how to get a model); corrupt (bad xz);
/// unwritable (cache).
Result<std::filesystem::path> find_model(const Settings& settings);

/// Likewise the ONNX file for settings.reid, which must name one.
Result<std::filesystem::path> find_reid(const Settings& settings);

}  // namespace saccade::engine
