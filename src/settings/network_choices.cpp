#include "settings/network_choices.h"

#include "settings/words.h"

namespace saccade::settings {
namespace {

Result<std::optional<infer::Precision>> precision_of(const std::string& word) {
    if (word == automatic_word) return std::nullopt;
    if (const auto precision = infer::precision_from(word)) return precision;
    return unknown_word("precision", word, precision_words());
}

Result<model::SpecOverrides> overrides_of(const Settings& settings) {
    model::SpecOverrides overrides;
    if (!settings.family.empty()) {
        overrides.family = model::family_from(settings.family);
        if (!overrides.family) return unknown_word("family", settings.family, family_words());
    }
    if (!settings.input_order.empty()) {
        const bool bgr = settings.input_order == "bgr";
        if (!bgr && settings.input_order != "rgb") {
            return unknown_word("input_order", settings.input_order, {"rgb", "bgr"});
        }
        overrides.bgr = bgr;
    }
    if (!settings.input_range.empty()) {
        const bool bytes = settings.input_range == "255";
        if (!bytes && settings.input_range != "1") {
            return unknown_word("input_range", settings.input_range, {"1", "255"});
        }
        overrides.scale = bytes ? 1.0F : 1.0F / 255;
    }
    return overrides;
}

}  // namespace

Result<NetworkChoices> network_choices(const Settings& settings) {
    NetworkChoices choices;
    auto device = infer::parse_device_choice(settings.device);
    if (!device) return fail(device.error());
    choices.device = std::move(*device);
    const auto precision = precision_of(settings.precision);
    if (!precision) return fail(precision.error());
    choices.precision = *precision;
    const auto overrides = overrides_of(settings);
    if (!overrides) return fail(overrides.error());
    choices.overrides = *overrides;
    if (!settings.vram_limit.empty()) {
        const auto limit = memory::parse_limit(settings.vram_limit);
        if (!limit) return fail(limit.error());
        choices.memory = *limit;
    }
    return choices;
}

}  // namespace saccade::settings
