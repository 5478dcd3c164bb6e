#include "engine/naming.h"

#include <algorithm>
#include <filesystem>

#include "core/mask_secrets.h"
#include "engine/bad_images.h"
#include "engine/journal.h"
#include "media/names.h"
#include "sink/registry.h"

namespace saccade::engine {
namespace {

/// Of a URL its path alone, or the host where it has none: no user, no password, no query.
std::string path_of(const std::string& source) {
    if (media::url_scheme(source).empty()) return source;
    std::string text = mask_url(source);
    text = text.substr(text.find("://") + 3);
    text.resize(std::min(text.find_first_of("?#"), text.size()));
    for (auto at = text.find("***"); at != std::string::npos; at = text.find("***"))
        text.erase(at, 3);
    const auto host_end = std::min(text.find('/'), text.size());
    if (text.find_first_not_of('/', host_end) != std::string::npos) return text.substr(host_end);
    text.resize(host_end);
    text = text.substr(text.find('@') + 1);
    text.resize(std::min(text.find(':'), text.size()));  // no port
    std::replace(text.begin(), text.end(), '.', '-');    // (which are no ending)
    return text;
}

std::string stem_of(const std::string& source) {
    if (source == "-") return "stdin";
    std::string text = path_of(source);
    while (text.size() > 1 && text.back() == '/') text.pop_back();
    std::string stem = std::filesystem::path(text).stem().string();
    // Everything that a shell, Windows or a URL could trip over becomes a dash; UTF-8 stays.
    for (char& c : stem) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                           (byte >= 'a' && byte <= 'z') || byte >= 0x80 || c == '.' || c == '_' ||
                           c == '-' || c == ' ';
        if (!plain) c = '-';
    }
    const auto first = stem.find_first_not_of("-. ");
    const auto last = stem.find_last_not_of("-. ");
    if (first == std::string::npos) return "source";
    stem = stem.substr(first, last - first + 1);
    constexpr std::size_t longest = 100;  // bytes: file systems allow 255 with our endings
    if (stem.size() <= longest) return stem;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(stem[end]) & 0xC0U) == 0x80U) --end;
    return stem.substr(0, end);
}

/// What may follow a stem.
std::vector<std::string> suffixes() {
    std::vector<std::string> all{std::string(bad_images_suffix)};
    for (const auto& format : sink::sinks()) all.emplace_back(format.suffix);
    return all;
}

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

}  // namespace

/// Whether an output of `stem` and one of a stem that was given out would be one file.
bool StemBook::is_free(const std::string& stem) const {
    static const std::vector<std::string> endings = suffixes();
    for (const std::string& ending : endings) {
        const std::string name = lower(stem + ending);
        if (name == lower(Journal::file_name)) return false;
        for (const std::string& other : endings) {
            const std::string tail = lower(other);
            if (name.ends_with(tail) && used_.contains(name.substr(0, name.size() - tail.size()))) {
                return false;
            }
        }
    }
    return true;
}

std::string StemBook::take(const std::string& source) {
    const std::string base = stem_of(source);
    std::string stem = base;
    int& n = numbers_.emplace(base, 2).first->second;
    if (n > 2 || !is_free(stem)) {
        do stem = base + "-" + std::to_string(n++);
        while (!is_free(stem));
    }
    used_.insert(lower(stem));
    return stem;
}

std::vector<std::string> output_stems(std::span<const std::string> sources) {
    StemBook book;
    std::vector<std::string> stems;
    for (const std::string& source : sources) stems.push_back(book.take(source));
    return stems;
}

}  // namespace saccade::engine
