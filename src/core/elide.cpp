#include "core/elide.h"

#include <algorithm>

namespace saccade {

std::string elided(std::string_view text, std::size_t most) {
    constexpr std::string_view gap = "[...]";
    if (text.size() <= most) return std::string(text);
    const auto inside = [&](std::size_t at) {
        return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
    };
    const std::size_t kept = most - std::min(most, gap.size());
    std::size_t front = kept - kept / 3, back = text.size() - kept / 3;
    // Continuation bytes are at most three in a row, unless it is no UTF-8.
    for (int i = 0; i < 3 && front > 0 && inside(front); ++i) --front;
    for (int i = 0; i < 3 && inside(back); ++i) ++back;
    return std::string(text.substr(0, front)).append(gap).append(text.substr(back));
}

}  // namespace saccade
