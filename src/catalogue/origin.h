// Where models are fetched from: their publishers, or a mirror that the user names.
#pragma once

#include <filesystem>
#include <string>

#include "catalogue/catalogue.h"
#include "saccade/error.h"

namespace saccade::catalogue {

/// A URL or a file; one of them.
struct Origin {
    std::string url;
    std::filesystem::path file;

    /// As it may be told: without secrets.
    [[nodiscard]] std::string text() const;
};

/// The file of a model that can be fetched. `mirror` (of SACCADE_MODEL_MIRROR; "": none) is an
/// http or https URL, or a folder; NAME.onnx lies right in it. Errors: invalid_argument for
/// another scheme.
Result<Origin> origin_of(const Model& model, const std::string& mirror);

/// Of the environment, "" where there is none.
[[nodiscard]] std::string mirror_of_environment();

}  // namespace saccade::catalogue
