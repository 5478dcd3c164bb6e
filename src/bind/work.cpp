#include "bind/work.h"

#include <memory>

#include "bind/config_of.h"
#include "bind/parts.h"
#include "core/file_claims.h"
#include "core/mask_secrets.h"
#include "core/text_file.h"
#include "engine/journal.h"
#include "engine/naming.h"
#include "engine/run_files.h"
#include "engine/run_networks.h"
#include "media/names.h"
#include "settings/stream_choices.h"
#include "settings/table.h"

namespace saccade::bind {

Result<std::vector<std::pair<std::string, std::string>>> settings_in_force(
    const std::vector<Given>& given) {
    const auto config = config_of(given);
    if (!config) return fail(config.error());
    return cli::set_values(*config);
}

Result<std::string> work_digest(Mode mode, const std::vector<Given>& given) {
    prepare_process();
    const auto settings = session_settings(given);
    if (!settings) return fail(settings.error());
    const auto choices = settings::stream_choices(mode, *settings);
    if (!choices) return fail(choices.error());
    FileClaims claims;
    const auto files = engine::claim_models(*settings, choices->appearance, claims);
    if (!files) return fail(files.error());
    const auto networks = engine::RunNetworks::load(*settings, *files);
    if (!networks) return fail(networks.error());
    const auto network = networks->detector->digest();
    if (!network) return fail(network.error());
    std::string reid, ground;
    if (networks->reid) {
        auto digest = networks->reid->digest();
        if (!digest) return fail(digest.error());
        reid = std::move(*digest);
    }
    if (mode == Mode::track && !settings->ground.empty()) {
        auto text = read_text_file(settings->ground);
        if (!text) return fail(text.error());
        ground = std::move(*text);
    }
    return engine::settings_digest(mode, *settings, *network, reid, ground);
}

std::vector<std::string> output_names(const std::vector<std::string>& sources) {
    return engine::output_stems(sources);
}

bool is_video_name(const std::string& name) {
    return media::is_video_name(name);
}

std::string shown_text(const std::string& text) {
    return mask_secrets(text);
}

std::vector<SettingFlag> setting_flags() {
    std::vector<SettingFlag> all;
    for (const settings::Row& row : settings::table()) {
        all.push_back({row.key, row.flags, !row.value.empty()});
    }
    return all;
}

}  // namespace saccade::bind
