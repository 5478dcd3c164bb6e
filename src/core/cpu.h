// Which vector instructions this processor has.
#pragma once

#include <span>
#include <string_view>

namespace saccade {

/// Implementations of a kernel; all give the same bits. avx512 means F, BW, DQ and VL.
enum class Isa { scalar, avx2, avx512 };

std::string_view to_string(Isa isa) noexcept;

/// What this processor runs, the best last. Never empty: scalar is always there.
std::span<const Isa> supported_isas() noexcept;

[[nodiscard]] inline Isa best_isa() noexcept {
    return supported_isas().back();
}

}  // namespace saccade
