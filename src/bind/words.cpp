#include "bind/words.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <utility>

#include "bind/config_of.h"
#include "cli/default_model.h"
#include "core/mask_secrets.h"
#include "engine/device_list.h"
#include "engine/pipeline_options.h"
#include "media/locations.h"
#include "settings/list_text.h"
#include "settings/table.h"

namespace saccade::bind {
namespace {

/// How a setting that a stream may have itself gets from words to StreamSettings.
struct Own {
    void (*take)(const Settings& from, StreamSettings& to);
    bool changeable = false;
};

const std::map<std::string, Own>& own_settings() {
    using S = Settings;
    using T = StreamSettings;
    static const std::map<std::string, Own> own = {
        {"conf", {[](const S& s, T& t) { t.confidence = s.confidence; }, true}},
        {"classes", {[](const S& s, T& t) { t.classes = s.classes; }, true}},
        {"line", {[](const S& s, T& t) { t.lines = s.lines; }, true}},
        {"zone", {[](const S& s, T& t) { t.zones = s.zones; }, true}},
        {"stride", {[](const S& s, T& t) { t.stride = s.stride; }, true}},
        {"max_fps", {[](const S& s, T& t) { t.max_fps = s.max_fps; }, true}},
        {"tracker", {[](const S& s, T& t) { t.tracker = s.tracker; }}},
        {"camera_motion", {[](const S& s, T& t) { t.camera_motion = s.camera_motion; }}},
        {"interpolate", {[](const S& s, T& t) { t.interpolate = s.interpolate; }}},
        {"live", {[](const S& s, T& t) { t.live = s.live; }}},
        {"reconnect", {[](const S& s, T& t) { t.reconnect = s.reconnect; }}},
        {"silent_after", {[](const S& s, T& t) { t.silent_after = s.silent_after; }}},
        {"frozen_after", {[](const S& s, T& t) { t.frozen_after = s.frozen_after; }}},
        {"rtsp_transport", {[](const S& s, T& t) { t.rtsp_transport = s.rtsp_transport; }}},
        {"out", {[](const S& s, T& t) { t.out = s.out; }}},
        {"save", {[](const S& s, T& t) { t.save = s.save; }}},
        {"rotate", {[](const S& s, T& t) { t.rotate = s.rotate; }}},
        {"encoder", {[](const S& s, T& t) { t.encoder = s.encoder; }}},
        {"crf", {[](const S& s, T& t) { t.crf = s.crf; }}},
        {"bitrate", {[](const S& s, T& t) { t.bitrate = s.bitrate; }}},
        {"preset", {[](const S& s, T& t) { t.preset = s.preset; }}},
        {"redact", {[](const S& s, T& t) { t.redact = s.redact; }}},
        {"redact_style", {[](const S& s, T& t) { t.redact_style = s.redact_style; }}},
        {"redact_margin", {[](const S& s, T& t) { t.redact_margin = s.redact_margin; }}},
    };
    return own;
}

const settings::Row* row_of(const std::string& key) {
    for (const settings::Row& row : settings::table()) {
        if (row.key == key) return &row;
    }
    return nullptr;
}

Result<void> set(const Given& given, Settings& settings) {
    const settings::Row* row = row_of(given.key);
    if (row == nullptr) {
        return fail(ErrorCode::invalid_argument, given.key + ": is no setting",
                    "saccade.settings() lists them");
    }
    if (!given.list) return row->set(settings, given.values.front());
    if (row->separator == '\0') {
        return fail(ErrorCode::invalid_argument, given.key + ": takes one value, not a list");
    }
    return row->set(settings, settings::join_list(given.values, row->separator));
}

}  // namespace

std::vector<SettingWord> setting_words() {
    Settings initial;
    initial.save = {};
    std::vector<SettingWord> words;
    for (const settings::Row& row : settings::table()) {
        if (row.key == "resume") continue;
        const auto own = own_settings().find(row.key);
        words.push_back({.key = row.key,
                         .value = row.value,
                         .help = row.help,
                         .initial = row.get(initial),
                         .separator = row.separator,
                         .of_stream = own != own_settings().end(),
                         .changeable = own != own_settings().end() && own->second.changeable});
    }
    return words;
}

Result<cli::Config> config_of(const std::vector<Given>& given) {
    cli::Config config;
    config.settings.save = {};
    for (const settings::Row& row : settings::table()) {
        config.origin[row.key] = "default";
        const std::string variable = cli::variable_of(row.key);
        const char* value = std::getenv(variable.c_str());
        if (value == nullptr || row.key == "resume" || row.key == "save") continue;
        if (auto done = row.set(config.settings, value); !done) {
            return fail(done.error().code, variable + ": " + done.error().message,
                        done.error().remedy);
        }
        config.origin[row.key] = variable;
    }
    for (const Given& one : given) {
        if (one.key == "resume") {
            return fail(ErrorCode::invalid_argument, "resume: is of the command line's runs alone",
                        "run: saccade track --resume --out DIR SOURCE...");
        }
        if (auto done = set(one, config.settings); !done) return fail(done.error());
        config.origin[one.key] = "given";
    }
    cli::choose_default_model(config);
    return config;
}

Result<Settings> session_settings(const std::vector<Given>& given) {
    auto config = config_of(given);
    if (!config) return fail(config.error());
    return std::move(config->settings);
}

Result<StreamSettings> stream_settings(const std::vector<Given>& given) {
    StreamSettings own;
    for (const Given& one : given) {
        Settings settings;
        if (auto done = set(one, settings); !done) return fail(done.error());
        const auto found = own_settings().find(one.key);
        if (found == own_settings().end()) {
            return fail(ErrorCode::invalid_argument,
                        one.key + ": is the session's, for all of its streams",
                        "give it to Session() or track()");
        }
        found->second.take(settings, own);
    }
    return own;
}

bool is_given(const std::vector<Given>& given, const std::string& key) {
    for (const Given& one : given) {
        if (one.key == key) return true;
    }
    return std::getenv(cli::variable_of(key).c_str()) != nullptr;
}

Result<std::vector<std::string>> locations(const std::vector<std::string>& sources) {
    return media::expand_locations(sources);
}

std::string shown_name(const std::string& source) {
    return mask_url(source);
}

Result<std::size_t> streams_at_once(const Settings& settings, std::size_t streams) {
    const auto choice = infer::parse_device_choice(settings.device);
    if (!choice) return fail(choice.error());
    const auto devices = engine::device_list(*choice);
    if (!devices) return fail(devices.error());
    const bool on_gpus = !devices->empty() && devices->front().cuda >= 0;
    return engine::streams_at_once(settings, streams, devices->size(), on_gpus);
}

}  // namespace saccade::bind
