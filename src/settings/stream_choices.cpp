#include "settings/stream_choices.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "settings/words.h"

namespace saccade::settings {
namespace {

template <typename Descriptions>
auto find_named(const Descriptions& descriptions, std::string_view name) {
    return std::find_if(descriptions.begin(), descriptions.end(),
                        [&](const auto& d) { return d.name == name; });
}

Result<void> choose_outputs(const Settings& settings, StreamChoices& choices) {
    const auto& all = sink::sinks();
    for (const std::string& name : settings.save) {
        const auto format = find_named(all, name);
        if (format == all.end() || format->of_counts)
            return unknown_word("save", name, format_words());
        choices.outputs.push_back(*format);
    }
    if (choices.lines.empty() && choices.zones.empty()) return {};
    std::copy_if(all.begin(), all.end(), std::back_inserter(choices.outputs),
                 [](const sink::SinkDescription& format) { return format.of_counts; });
    return {};
}

Result<void> choose_appearance(const Settings& settings, StreamChoices& choices) {
    if (settings.reid.empty()) {
        if (settings.remember <= 0) return {};
        return fail(ErrorCode::invalid_argument,
                    "remember: objects that come back are recognised by their appearance, for "
                    "which no network is named",
                    "name one with --reid, or leave --remember out");
    }
    if (!choices.tracker->appearance) {
        return fail(
            ErrorCode::invalid_argument,
            fmt::format("reid: the tracker {} makes no use of appearance", settings.tracker),
            fmt::format("use --tracker {}, or leave --reid out",
                        fmt::join(appearance_words(), " or ")));
    }
    choices.appearance = true;
    if (settings.remember > 0) choices.tracker_options.remember_seconds = settings.remember;
    return {};
}

Result<void> choose_tracker(const Settings& settings, StreamChoices& choices) {
    const auto trackers = track::trackers();
    const auto tracker = find_named(trackers, settings.tracker);
    if (tracker == trackers.end())
        return unknown_word("tracker", settings.tracker, tracker_words());
    choices.tracker = *tracker;
    const auto motions = camera_motion_words();
    if (std::find(motions.begin(), motions.end(), settings.camera_motion) == motions.end()) {
        return unknown_word("camera_motion", settings.camera_motion, motions);
    }
    choices.camera_motion = settings.camera_motion == automatic_word
                                ? tracker->camera_motion
                                : settings.camera_motion == "on";
    for (const std::string& text : settings.lines) {
        auto line = track::parse_line(text);
        if (!line) return fail(line.error());
        choices.lines.push_back(std::move(*line));
    }
    for (const std::string& text : settings.zones) {
        auto zone = track::parse_zone(text);
        if (!zone) return fail(zone.error());
        choices.zones.push_back(std::move(*zone));
    }
    return choose_appearance(settings, choices);
}

/// As FFmpeg takes it: found out before anything is opened, where something is drawn or was asked
/// for.
Result<void> choose_encoder(const Settings& settings, StreamChoices& choices) {
    media::EncoderChoice& choice = choices.encoder;
    if (settings.encoder != automatic_word) choice.name = settings.encoder;
    if (settings.crf >= 0) choice.crf = settings.crf;
    choice.preset = settings.preset;
    if (!settings.bitrate.empty()) {
        const auto rate = media::parse_bitrate(settings.bitrate);
        if (!rate) return fail(rate.error());
        choice.bitrate = *rate;
    }
    const bool asked = choice != media::EncoderChoice{};
    if (!asked && !choices.writes("video") && settings.relay.empty()) return {};
    return media::check_encoder(choice);
}

Result<void> check_crops(Mode mode, const StreamChoices& choices) {
    if (mode == Mode::track || !choices.writes("crops")) return {};
    return fail(ErrorCode::invalid_argument,
                "save: crops are the best pictures of tracks, of which there are none here",
                "use `saccade track`, or leave crops out of --save");
}

Result<void> check_redaction(const Settings& settings, const StreamChoices& choices) {
    if (settings.redact.empty()) return {};
    const auto styles = redact_style_words();
    if (std::find(styles.begin(), styles.end(), settings.redact_style) == styles.end()) {
        return unknown_word("redact_style", settings.redact_style, styles);
    }
    if (!choices.writes("source")) return {};
    return fail(ErrorCode::invalid_argument,
                "redact: --save source copies the camera's own pictures, with all that is to be "
                "covered",
                "leave source out of --save, or --redact");
}

}  // namespace

bool StreamChoices::writes(std::string_view format) const noexcept {
    return find_named(outputs, format) != outputs.end();
}

Result<StreamChoices> stream_choices(Mode mode, const Settings& settings) {
    StreamChoices choices;
    if (mode == Mode::track) {
        if (auto chosen = choose_tracker(settings, choices); !chosen) return fail(chosen.error());
    }
    if (auto chosen = choose_outputs(settings, choices); !chosen) return fail(chosen.error());
    if (auto chosen = choose_encoder(settings, choices); !chosen) return fail(chosen.error());
    if (auto good = check_redaction(settings, choices); !good) return fail(good.error());
    if (auto good = check_crops(mode, choices); !good) return fail(good.error());
    return choices;
}

}  // namespace saccade::settings
