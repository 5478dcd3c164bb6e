#include "model/class_names.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace saccade::model {
namespace {

constexpr std::array<std::string_view, 80> coco = {
    "person",        "bicycle",      "car",
    "motorcycle",    "airplane",     "bus",
    "train",         "truck",        "boat",
    "traffic light", "fire hydrant", "stop sign",
    "parking meter", "bench",        "bird",
    "cat",           "dog",          "horse",
    "sheep",         "cow",          "elephant",
    "bear",          "zebra",        "giraffe",
    "backpack",      "umbrella",     "handbag",
    "tie",           "suitcase",     "frisbee",
    "skis",          "snowboard",    "sports ball",
    "kite",          "baseball bat", "baseball glove",
    "skateboard",    "surfboard",    "tennis racket",
    "bottle",        "wine glass",   "cup",
    "fork",          "knife",        "spoon",
    "bowl",          "banana",       "apple",
    "sandwich",      "orange",       "broccoli",
    "carrot",        "hot dog",      "pizza",
    "donut",         "cake",         "chair",
    "couch",         "potted plant", "bed",
    "dining table",  "toilet",       "tv",
    "laptop",        "mouse",        "remote",
    "keyboard",      "cell phone",   "microwave",
    "oven",          "toaster",      "sink",
    "refrigerator",  "book",         "clock",
    "vase",          "scissors",     "teddy bear",
    "hair drier",    "toothbrush"};

void append_utf8(std::string& text, std::uint32_t code) {
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xc0 | (code >> 6));
        text += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        text += static_cast<char>(0xe0 | (code >> 12));
        text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        text += static_cast<char>(0x80 | (code & 0x3f));
    }
}

/// Reads tokens of a literal from the front of a text.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    /// Skips blanks; then whether `c` stood there (and is taken).
    bool take(char c) {
        skip_blanks();
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }

    bool at_end() {
        skip_blanks();
        return text_.empty();
    }

    std::optional<std::size_t> number() {
        skip_blanks();
        return number_in(text_);
    }

    /// A bare number, or one in quotes (JSON has no other keys).
    std::optional<std::size_t> key() {
        if (const auto bare = number()) return bare;
        const auto quoted = string();
        if (!quoted) return std::nullopt;
        std::string_view rest = *quoted;
        const auto value = number_in(rest);
        return rest.empty() ? value : std::nullopt;
    }

    std::optional<std::string> string() {
        skip_blanks();
        if (text_.empty() || (text_.front() != '\'' && text_.front() != '"')) return std::nullopt;
        const char quote = text_.front();
        text_.remove_prefix(1);
        std::string value;
        while (!text_.empty() && text_.front() != quote) {
            if (!character(value)) return std::nullopt;
        }
        if (text_.empty()) return std::nullopt;
        text_.remove_prefix(1);
        return value;
    }

  private:
    void skip_blanks() {
        while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n' ||
                                  text_.front() == '\t' || text_.front() == '\r')) {
            text_.remove_prefix(1);
        }
    }

    static std::optional<std::size_t> number_in(std::string_view& text) {
        std::size_t value = 0;
        const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
        if (end.ec != std::errc()) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end.ptr - text.data()));
        return value;
    }

    /// One character or escape sequence, appended to `value`.
    bool character(std::string& value) {
        const char c = text_.front();
        text_.remove_prefix(1);
        if (c != '\\') {
            value += c;
            return true;
        }
        if (text_.empty()) return false;
        const char escape = text_.front();
        text_.remove_prefix(1);
        const std::size_t digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 0;
        if (digits == 0) {
            value += escape == 'n' ? '\n' : escape == 't' ? '\t' : escape;
            return true;
        }
        if (text_.size() < digits) return false;
        std::uint32_t code = 0;
        const auto end = std::from_chars(text_.data(), text_.data() + digits, code, 16);
        if (end.ec != std::errc() || end.ptr != text_.data() + digits) return false;
        text_.remove_prefix(digits);
        append_utf8(value, code);
        return true;
    }

    std::string_view text_;
};

}  // namespace

std::optional<std::vector<std::string>> parse_class_names(std::string_view text) {
    Scanner scan(text);
    const bool dict = scan.take('{');
    if (!dict && !scan.take('[')) return std::nullopt;
    const char close = dict ? '}' : ']';
    std::vector<std::string> names;
    while (!scan.take(close)) {
        std::size_t id = names.size();
        if (dict) {
            const auto key = scan.key();
            if (!key || !scan.take(':')) return std::nullopt;
            id = *key;
        }
        auto name = scan.string();
        if (!name || id >= max_classes) return std::nullopt;
        while (names.size() <= id) names.push_back(default_class_name(names.size()));
        names[id] = std::move(*name);
        if (!scan.take(',')) {
            if (!scan.take(close)) return std::nullopt;
            break;
        }
    }
    if (!scan.at_end() || names.empty()) return std::nullopt;
    return names;
}

std::string default_class_name(std::size_t id) {
    return "class " + std::to_string(id);
}

std::span<const std::string_view> coco_class_names() noexcept {
    return coco;
}

}  // namespace saccade::model
