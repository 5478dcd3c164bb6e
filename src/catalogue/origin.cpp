#include "catalogue/origin.h"

#include <fmt/format.h>

#include <cstdlib>

#include "core/mask_secrets.h"

namespace saccade::catalogue {

std::string Origin::text() const {
    return url.empty() ? file.string() : mask_url(url);
}

Result<Origin> origin_of(const Model& model, const std::string& mirror) {
    const std::string file = model.name + ".onnx";
    if (mirror.empty()) return Origin{.url = model.url, .file = {}};
    const auto scheme = mirror.find("://");
    if (scheme == std::string::npos) {
        return Origin{.url = {}, .file = std::filesystem::path(mirror) / file};
    }
    const std::string name = mirror.substr(0, scheme);
    if (name == "file") {
        return Origin{.url = {}, .file = std::filesystem::path(mirror.substr(scheme + 3)) / file};
    }
    if (name != "http" && name != "https") {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("SACCADE_MODEL_MIRROR: '{}' is no http or https address and no "
                                "folder",
                                mask_url(mirror)),
                    "name one, such as https://mirror.example/models");
    }
    return Origin{.url = mirror + (mirror.ends_with('/') ? "" : "/") + file, .file = {}};
}

std::string mirror_of_environment() {
    const char* mirror = std::getenv("SACCADE_MODEL_MIRROR");
    return mirror != nullptr ? mirror : "";
}

}  // namespace saccade::catalogue
