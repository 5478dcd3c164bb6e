#include "cli/default_model.h"

#include "core/log.h"
#include "engine/model_store.h"

namespace saccade::cli {

void choose_default_model(Config& config) {
    if (config.origin.at("model") != "default") return;
    if (engine::locate_model(config.settings)) return;
    for (const char* name : {"yolox_s", "yolox_tiny", "yolox_nano"}) {
        Settings other = config.settings;
        other.model = name;
        if (!engine::locate_model(other)) continue;
        log::warning("no --model is named and {} is not here: {} is taken", config.settings.model,
                     name);
        config.settings.model = name;
        config.origin["model"] = "found, as none is named";
        return;
    }
}

}  // namespace saccade::cli
