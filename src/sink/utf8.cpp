#include "sink/utf8.h"

#include <cstddef>

namespace saccade::sink {

char32_t take_code_point(std::string_view& text) noexcept {
    constexpr char32_t replacement = 0xFFFD;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    const auto one = [&](char32_t code) {
        text.remove_prefix(1);
        return code;
    };
    if (length == 1) return one(first);
    if (length == 0 || length > text.size()) return one(replacement);
    char32_t code = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return one(replacement);
        code = code << 6U | (byte(i) & 0x3FU);
    }
    // Overlong forms, surrogates and what is beyond Unicode.
    if ((length == 3 && code < 0x800) || (length == 4 && (code < 0x10000 || code > 0x10FFFF)) ||
        (code >= 0xD800 && code <= 0xDFFF)) {
        return one(replacement);
    }
    text.remove_prefix(length);
    return code;
}

}  // namespace saccade::sink
