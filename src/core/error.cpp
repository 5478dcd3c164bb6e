#include "saccade/error.h"

#include "core/elide.h"

namespace saccade {

std::string_view to_string(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::invalid_argument: return "invalid_argument";
        case ErrorCode::not_found: return "not_found";
        case ErrorCode::unreadable: return "unreadable";
        case ErrorCode::corrupt: return "corrupt";
        case ErrorCode::unsupported: return "unsupported";
        case ErrorCode::unwritable: return "unwritable";
        case ErrorCode::out_of_memory: return "out_of_memory";
        case ErrorCode::unavailable: return "unavailable";
        case ErrorCode::interrupted: return "interrupted";
        case ErrorCode::internal: return "internal";
    }
    return "internal";
}

std::string Error::line() const {
    constexpr std::size_t longest = 8000;  // two paths as long as any
    std::string text = elided(message, longest);
    if (!remedy.empty()) text += "; " + elided(remedy, longest);
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) c = ' ';
    }
    return text;
}

}  // namespace saccade
