#include "engine/journal_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/digest.h"
#include "sink/utf8.h"

namespace saccade::engine {
namespace {

using nlohmann::json;

std::string to_utf8(std::string_view name) {
    std::string text;
    while (!name.empty()) {
        const std::string_view before = name;
        const char32_t code = sink::take_code_point(name);
        const std::string_view taken = before.substr(0, before.size() - name.size());
        const bool raw = code == 0xFFFD && taken.size() == 1;
        if (raw) {
            text += '\0';
            text += fmt::format("{:02x}", static_cast<unsigned char>(taken[0]));
        } else {
            text += taken;
        }
    }
    return text;
}

std::string from_utf8(const std::string& text) {
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        const char* digits = text.data() + i + 1;
        if (text[i] == '\0' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            name += static_cast<char>(byte);
            i += 2;
        } else {
            name += text[i];
        }
    }
    return name;
}

std::string sum_of(const std::string& text) {
    Digest digest(Digest::Algorithm::sha256);
    digest.update(text);
    return digest.hex().substr(0, 16);
}

std::vector<std::string> each(const std::vector<std::string>& names,
                              std::string (*change)(const std::string&)) {
    std::vector<std::string> changed;
    std::transform(names.begin(), names.end(), std::back_inserter(changed), change);
    return changed;
}

}  // namespace

std::string journal_line(const JournalEntry& e) {
    const json entry = {
        {"source", to_utf8(e.source.path)},
        {"size", e.source.size},
        {"mtime", e.source.mtime},
        {"stem", to_utf8(e.stem)},
        {"settings", e.settings},
        {"status", to_string(e.status)},
        {"frames", e.frames},
        {"outputs", each(e.outputs, [](const std::string& s) { return to_utf8(s); })}};
    const std::string text = entry.dump();
    return fmt::format("{{\"entry\":{},\"sum\":\"{}\"}}\n", text, sum_of(text));
}

std::optional<JournalEntry> parse_journal_line(std::string_view line) {
    try {
        const json whole = json::parse(line);
        const json& entry = whole.at("entry");
        if (whole.at("sum").get<std::string>() != sum_of(entry.dump())) return std::nullopt;
        JournalEntry e;
        e.source = {from_utf8(entry.at("source").get<std::string>()),
                    entry.at("size").get<std::uint64_t>(), entry.at("mtime").get<std::int64_t>()};
        e.stem = from_utf8(entry.at("stem").get<std::string>());
        e.settings = entry.at("settings").get<std::string>();
        e.frames = entry.at("frames").get<std::uint64_t>();
        e.outputs = each(entry.at("outputs").get<std::vector<std::string>>(), from_utf8);
        const auto word = entry.at("status").get<std::string>();
        const auto status = status_from(word);
        if (!status) return std::nullopt;
        e.status = *status;
        return e;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

}  // namespace saccade::engine
