// One decoded picture: a view of planes in host or device memory plus shared ownership of them.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "saccade/types.h"

namespace saccade {

/// The pixel layouts that the engine understands; its decoders convert everything else to one of
/// these. 10-bit samples stand in 16-bit little-endian words: in the low bits (i420p10 ...) or in
/// the high bits (p010). Chroma planes are subsampled as in the name, sizes rounded up.
enum class PixelFormat : std::uint8_t {
    i420,     ///< Y, U, V planes; chroma halved both ways
    i422,     ///< Y, U, V planes; chroma halved across
    i444,     ///< Y, U, V planes
    nv12,     ///< Y plane, interleaved UV plane; chroma halved both ways
    i420p10,  ///< as i420, 10 bits in 16
    i422p10,  ///< as i422, 10 bits in 16
    i444p10,  ///< as i444, 10 bits in 16
    p010,     ///< as nv12, 10 bits in the high bits of 16
    gray8,    ///< Y plane alone, always full range
    rgb24,    ///< one plane, R G B bytes
};

/// Luma coefficients of the YCbCr to RGB matrix (ITU-R BT.601, BT.709, BT.2020 non-constant).
enum class ColorMatrix : std::uint8_t { bt601, bt709, bt2020 };

/// Code range: limited is 16..235 luma and 16..240 chroma (at 8 bits), full is 0..255.
enum class ColorRange : std::uint8_t { limited, full };

/// Where a subsampled chroma sample stands against luma, horizontally. Vertically it is centred.
enum class ChromaSiting : std::uint8_t {
    left,    ///< on the even luma column (MPEG-2, H.264, HEVC default)
    center,  ///< between two luma columns (JPEG, MPEG-1)
};

struct ColorSpec {
    ColorMatrix matrix = ColorMatrix::bt709;
    ColorRange range = ColorRange::limited;
    ChromaSiting siting = ChromaSiting::left;
    friend bool operator==(const ColorSpec&, const ColorSpec&) = default;
};

enum class MemoryKind : std::uint8_t { host, cuda };

struct Plane {
    const std::uint8_t* data = nullptr;
    std::ptrdiff_t stride = 0;  ///< bytes from a row to the next
};

/// A picture, upright as a viewer sees it. Copies share the pixels, which nobody may change; the
/// memory goes back to its owner (a decoder's pool, say) when the last copy is gone.
struct Frame {
    FrameId id;
    Timestamp pts{0};
    int width = 0, height = 0;  ///< px
    PixelFormat format = PixelFormat::i420;
    ColorSpec color;
    MemoryKind memory = MemoryKind::host;
    int device = -1;  ///< CUDA device ordinal of `planes`, -1 on the host
    std::array<Plane, 3> planes{};
    std::shared_ptr<const void> owner;
    /// The file that holds this picture alone, as it was named; none for a picture of a video.
    std::shared_ptr<const std::string> file;
    /// Of a live stream: when the sender took it, and when its packet came in here. Else none.
    std::optional<SenderTime> sender;
    std::chrono::steady_clock::time_point received{};
};

/// How a format is laid out, so that code need not switch on it.
struct PixelLayout {
    int planes;                          ///< 1, 2 or 3
    int bytes_per_sample;                ///< 1 or 2
    int chroma_shift_x, chroma_shift_y;  ///< log2 of the chroma subsampling
    int depth;                           ///< significant bits
};

[[nodiscard]] constexpr PixelLayout layout_of(PixelFormat f) noexcept {
    switch (f) {
        case PixelFormat::i420: return {3, 1, 1, 1, 8};
        case PixelFormat::i422: return {3, 1, 1, 0, 8};
        case PixelFormat::i444: return {3, 1, 0, 0, 8};
        case PixelFormat::nv12: return {2, 1, 1, 1, 8};
        case PixelFormat::i420p10: return {3, 2, 1, 1, 10};
        case PixelFormat::i422p10: return {3, 2, 1, 0, 10};
        case PixelFormat::i444p10: return {3, 2, 0, 0, 10};
        case PixelFormat::p010: return {2, 2, 1, 1, 10};
        case PixelFormat::gray8: return {1, 1, 0, 0, 8};
        case PixelFormat::rgb24: return {1, 1, 0, 0, 8};
    }
    return {};
}

}  // namespace saccade
