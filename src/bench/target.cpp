#include "bench/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <vector>

#include "core/elide.h"

namespace saccade::bench {
namespace {

constexpr const char* example = "write it like: --target \"100 fps at 1080p under 4 GB\"";

struct Word {
    std::optional<double> number;
    std::string text;  ///< lower case, "" of a number alone
};

/// "1080p" is one word with both, "4GB" too; "1920x1080" is text.
Word word_of(const std::string& given) {
    Word word;
    const char* const end = given.data() + given.size();
    double number = 0;
    const auto [rest, code] = std::from_chars(given.data(), end, number, std::chars_format::fixed);
    if (code == std::errc() && std::isfinite(number)) {
        word.number = number;
        word.text = std::string(rest, end);
    } else {
        word.text = given;
    }
    return word;
}

tl::unexpected<Error> not_understood(const std::string& what) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("'{}' is not understood in the target", elided(what)), example);
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isspace(byte) != 0 || c == ',') {
            if (!word.empty()) words.push_back(std::move(word));
            word.clear();
        } else {
            word += static_cast<char>(std::tolower(byte));
        }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

std::optional<Size> size_of(const std::string& word) {
    if (word == "720p") return Size{1280, 720};
    if (word == "1080p") return Size{1920, 1080};
    if (word == "4k") return Size{3840, 2160};
    if (word == "8k") return Size{7680, 4320};
    Size size;
    const char* const end = word.data() + word.size();
    const auto [x, width] = std::from_chars(word.data(), end, size.width);
    if (width != std::errc() || x == end || *x != 'x') return std::nullopt;
    const auto [rest, height] = std::from_chars(x + 1, end, size.height);
    if (height != std::errc() || rest != end) return std::nullopt;
    constexpr int least = 16, most = 8192;
    const auto fits = [](int px) { return px >= least && px <= most && px % 2 == 0; };
    return fits(size.width) && fits(size.height) ? std::optional(size) : std::nullopt;
}

std::optional<double> bytes_of(const std::string& unit) {
    if (unit == "gb") return 1e9;
    if (unit == "mb") return 1e6;
    if (unit == "gib") return 1024.0 * 1024 * 1024;
    if (unit == "mib") return 1024.0 * 1024;
    return std::nullopt;
}

bool is_filler(const std::string& word) {
    static constexpr std::string_view fillers[] = {"at",  "under", "over",  "with",
                                                   "and", "of",    "least", "most"};
    return std::find(std::begin(fillers), std::end(fillers), word) != std::end(fillers);
}

/// The words one after the other; what was said is in `target`, how often in the counts.
class Parser {
  public:
    explicit Parser(std::vector<std::string> words) : words_(std::move(words)) {}

    Result<Target> parse() {
        while (at_ < words_.size()) {
            if (auto done = next(); !done) return fail(done.error());
        }
        if (fps_ == 0) {
            return fail(ErrorCode::invalid_argument, "the target says nothing of frames a second",
                        example);
        }
        for (const auto& [count, what] : {std::pair{fps_, "the frames a second"},
                                          {size_, "the size"},
                                          {memory_, "the memory"},
                                          {streams_, "the streams"},
                                          {map_, "the mAP"}}) {
            if (count > 1) {
                return fail(ErrorCode::invalid_argument,
                            fmt::format("the target names {} twice", what), example);
            }
        }
        return target_;
    }

  private:
    Result<void> next() {
        const std::string given = words_[at_++];
        if (is_filler(given)) return {};
        if (const auto size = size_of(given)) {
            target_.size = *size;
            ++size_;
            return {};
        }
        Word word = word_of(given);
        if (given == "map") return take_map();
        if (!word.number) return not_understood(given);
        // The unit may stand by itself behind the number.
        if (word.text.empty() && at_ < words_.size()) word.text = words_[at_++];
        return take(*word.number, word.text, given);
    }

    Result<void> take_map() {
        while (at_ < words_.size() && is_filler(words_[at_])) ++at_;
        if (at_ == words_.size()) return not_understood("map");
        const std::string given = words_[at_++];
        const Word value = word_of(given);
        if (!value.number || !value.text.empty()) return not_understood(given);
        return take(*value.number, "map", given);
    }

    Result<void> take(double number, const std::string& unit, const std::string& given) {
        if (!(number > 0)) return not_understood(given);
        if (unit == "fps" || unit == "frames/s") {
            target_.fps = number;
            ++fps_;
        } else if (unit == "stream" || unit == "streams") {
            constexpr double most = 1000;
            if (number != std::floor(number) || number > most) return not_understood(given);
            target_.streams = static_cast<std::size_t>(number);
            ++streams_;
        } else if (unit == "map") {
            if (number > 100) return not_understood(given);
            // mAP 0.40 and 40 are the same; no network that is of use has less than 1 %.
            target_.map = number < 1 ? 100 * number : number;
            ++map_;
        } else if (const auto scale = bytes_of(unit)) {
            constexpr double most = 1e15;
            if (number * *scale > most) return not_understood(given);
            target_.memory = static_cast<std::size_t>(number * *scale);
            ++memory_;
        } else {
            return not_understood(given.ends_with(unit) ? given : unit);
        }
        return {};
    }

    std::vector<std::string> words_;
    std::size_t at_ = 0;
    Target target_;
    int fps_ = 0, size_ = 0, memory_ = 0, streams_ = 0, map_ = 0;
};

}  // namespace

std::string Target::text() const {
    std::string out = fmt::format("{} frames/s of {}x{}, {} stream{}", fps, size.width, size.height,
                                  streams, streams == 1 ? "" : "s");
    if (memory) out += fmt::format(", at most {:.3g} GB", 1e-9 * static_cast<double>(*memory));
    if (map) out += fmt::format(", mAP {} or more", *map);
    return out;
}

Result<Target> parse_target(std::string_view text) {
    return Parser(split(text)).parse();
}

std::string falls_short(const Achieved& achieved, const Target& target) {
    if (target.map && !achieved.map) return "its accuracy is not known";
    if (target.map && *achieved.map < *target.map) return "not accurate enough";
    if (achieved.fps < target.fps) return "too slow";
    if (target.memory && achieved.memory > *target.memory) return "takes too much memory";
    return {};
}

}  // namespace saccade::bench
