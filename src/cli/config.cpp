#include "cli/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <vector>

#include "cli/toml_text.h"
#include "core/elide.h"
#include "core/remedy.h"
#include "core/text_file.h"
#include "settings/list_text.h"
#include "settings/table.h"

namespace saccade::cli {
namespace {

namespace fs = std::filesystem;

/// A TOML value as a flag would give it; nothing for tables and dates.
std::optional<std::string> as_text(const toml::node& node, char separator) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
    if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
    if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
    if (const auto* array = node.as_array()) {
        std::vector<std::string> parts;
        for (const toml::node& element : *array) {
            const auto part = element.is_array() ? std::nullopt : as_text(element, separator);
            if (!part) return std::nullopt;
            parts.push_back(*part);
        }
        return settings::join_list(parts, separator);
    }
    return std::nullopt;
}

Result<void> merge_file(const fs::path& path, Config& config) {
    const auto text = read_text_file(path);
    if (!text) return fail(text.error());
    if (auto checked = check_nesting(*text, path.string()); !checked) return checked;
    toml::table table;
    try {
        table = toml::parse(*text, path.string());
    } catch (const toml::parse_error& error) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}:{}: {}", path.string(), error.source().begin.line,
                                elided(error.description(), 300)));
    }
    for (const auto& [key, node] : table) {
        const auto& rows = settings::table();
        const auto row = std::find_if(rows.begin(), rows.end(),
                                      [&](const settings::Row& r) { return r.key == key.str(); });
        const auto where = fmt::format("{}:{}", path.string(), node.source().begin.line);
        if (row == rows.end()) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("{}: no setting is called '{}'", where, elided(key.str())),
                        "`saccade track --print-config` lists them");
        }
        const auto value = as_text(node, row->separator == '\0' ? ',' : row->separator);
        if (!value) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("{}: {} takes text, a number or a list", where, row->key));
        }
        if (auto set = row->set(config.settings, *value); !set) {
            return fail(set.error().code, where + ": " + set.error().message, set.error().remedy);
        }
        config.origin[row->key] = path.string();
    }
    return {};
}

fs::path default_file() {
    std::error_code ignored;
    if (fs::is_regular_file("saccade.toml", ignored)) return "saccade.toml";
    fs::path base;
    if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != '\0') {
        base = config;
    } else if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
        base = fs::path(home) / ".config";
    }
    const fs::path user = base / "saccade" / "config.toml";
    return !base.empty() && fs::is_regular_file(user, ignored) ? user : fs::path();
}

}  // namespace

std::vector<std::pair<std::string, std::string>> set_values(const Config& config) {
    std::vector<std::pair<std::string, std::string>> all;
    for (const settings::Row& row : settings::table()) {
        const auto origin = config.origin.find(row.key);
        if (origin == config.origin.end() || origin->second == "default") continue;
        all.emplace_back(row.key, row.get(config.settings));
    }
    return all;
}

std::string variable_of(const std::string& key) {
    std::string name = "SACCADE_" + key;
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

Result<Config> merge_config(const fs::path& file, const GivenFlags& flags) {
    Config config;
    for (const settings::Row& row : settings::table()) config.origin[row.key] = "default";

    std::error_code ignored;
    if (!file.empty() && !fs::is_regular_file(file, ignored)) {
        return fail(ErrorCode::not_found, file.string() + ": no such config file",
                    look_beside(file));
    }
    if (const fs::path path = file.empty() ? default_file() : file; !path.empty()) {
        if (auto merged = merge_file(path, config); !merged) return fail(merged.error());
        config.file = path;
    }
    for (const settings::Row& row : settings::table()) {
        const std::string variable = variable_of(row.key);
        if (const char* value = std::getenv(variable.c_str()); value != nullptr) {
            if (auto set = row.set(config.settings, value); !set) {
                return fail(set.error().code, variable + ": " + set.error().message,
                            set.error().remedy);
            }
            config.origin[row.key] = variable;
        }
        if (const auto flag = flags.find(row.key); flag != flags.end()) {
            if (auto set = row.set(config.settings, flag->second); !set) return fail(set.error());
            config.origin[row.key] = "command line";
        }
    }
    return config;
}

Result<std::string> print_config(const Config& config) {
    std::string text;
    for (const settings::Row& row : settings::table()) {
        std::string value = row.get(config.settings);
        const bool number = row.value == "N" || (row.value == "auto|N" && value != "auto");
        if (!number) {
            auto quoted = toml_string(value, row.key);
            if (!quoted) return quoted;
            value = std::move(*quoted);
        }
        text += fmt::format("{:<15} = {:<24} # {}\n", row.key, value,
                            toml_comment(config.origin.at(row.key)));
    }
    return text;
}

}  // namespace saccade::cli
