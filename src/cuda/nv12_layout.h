// How a picture in NV12, or P010, lies in one block of device memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/frame.h"

namespace saccade::cuda {

/// Luma from the block's beginning on, chroma (pairs, half as many rows) right behind it.
struct Nv12Layout {
    static constexpr std::size_t row_alignment = 256;  ///< bytes

    /// `sample`: bytes of one, 2 in P010.
    Nv12Layout(int width, int height, std::size_t sample = 1) noexcept
        : row(static_cast<std::size_t>((width + 1) / 2 * 2) * sample),
          pitch((row + row_alignment - 1) / row_alignment * row_alignment),
          luma_rows(static_cast<std::size_t>(height)),
          chroma_rows((luma_rows + 1) / 2) {}

    std::size_t row;    ///< bytes in use of each, those of an odd width rounded up to a pair
    std::size_t pitch;  ///< bytes from one row to the next
    std::size_t luma_rows, chroma_rows;

    [[nodiscard]] std::size_t bytes() const noexcept { return pitch * (luma_rows + chroma_rows); }
    [[nodiscard]] std::size_t chroma_at() const noexcept { return pitch * luma_rows; }
    [[nodiscard]] std::array<Plane, 3> planes(const std::uint8_t* block) const noexcept {
        const auto stride = static_cast<std::ptrdiff_t>(pitch);
        return {Plane{block, stride}, Plane{block + chroma_at(), stride}, Plane{}};
    }
};

}  // namespace saccade::cuda
