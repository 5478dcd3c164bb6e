// The font file inside the program.
#pragma once

#include <cstddef>
#include <span>

namespace saccade::sink {

/// DejaVuSans.ttf as it was on the machine that built this.
[[nodiscard]] std::span<const std::byte> builtin_font() noexcept;

}  // namespace saccade::sink
