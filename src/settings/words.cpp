#include "settings/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/elide.h"
#include "infer/precision.h"
#include "model/spec.h"
#include "sink/registry.h"
#include "track/registry.h"

namespace saccade::settings {

std::vector<std::string> precision_words() {
    std::vector<std::string> words{std::string(automatic_word)};
    for (const infer::Precision precision : infer::precisions()) {
        words.emplace_back(to_string(precision));
    }
    return words;
}

std::vector<std::string> family_words() {
    std::vector<std::string> words;
    for (const model::Family family : model::families()) words.emplace_back(to_string(family));
    return words;
}

std::vector<std::string> tracker_words() {
    std::vector<std::string> words;
    for (const auto& tracker : track::trackers()) words.emplace_back(tracker.name);
    return words;
}

std::vector<std::string> appearance_words() {
    std::vector<std::string> words;
    for (const auto& tracker : track::trackers()) {
        if (tracker.appearance) words.emplace_back(tracker.name);
    }
    return words;
}

std::vector<std::string> format_words() {
    std::vector<std::string> words;
    for (const auto& format : sink::sinks()) {
        if (!format.of_counts) words.emplace_back(format.name);
    }
    return words;
}

std::vector<std::string> camera_motion_words() {
    return {std::string(automatic_word), "on", "off"};
}

std::vector<std::string> redact_style_words() {
    return {"pixelate", "blur", "fill"};
}

tl::unexpected<Error> unknown_word(std::string_view key, std::string_view given,
                                   const std::vector<std::string>& words) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("{}: '{}' is none of {}", key, elided(given), fmt::join(words, ", ")));
}

}  // namespace saccade::settings
