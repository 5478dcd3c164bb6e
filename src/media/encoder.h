// Video out: H.264 (or HEVC) in MP4 through libavcodec.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "core/frame.h"
#include "media/packet_tap.h"
#include "media/pixel_aspect.h"
#include "saccade/error.h"

namespace saccade::media {

enum class Codec : std::uint8_t { h264, hevc };

struct EncoderOptions {
    int width = 0, height = 0;      ///< px; odd sizes are padded by a column or row
    double frame_rate = 30;         ///< nominal, Hz; real times come with the frames
    ColorSpec color;                ///< written into the stream's tags
    PixelAspect pixel_aspect = {};  ///< likewise
    int quality = 21;               ///< CRF of x264: 0 (lossless) to 51
    int threads = 0;                ///< 0: the encoder's choice
    /// HEVC is for pictures of over 4096 px, which decoders in hardware don't take as H.264.
    Codec codec = Codec::h264;
    /// Gets the packets, with low delay and a key picture a second, in place of a file. May be
    /// none.
    std::shared_ptr<PacketTap> tap = nullptr;
};

/// One file under way. One thread. Frames are host i420 of the given size with rising pts.
class Encoder {
  public:
    Encoder() = default;
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    virtual ~Encoder() = default;

    /// Errors: unwritable (disk), invalid_argument (wrong size or format), internal (encoder).
    virtual Result<void> write(const Frame& frame) = 0;
    /// Flushes and closes; the file is complete and playable after it.
    virtual Result<void> finish() = 0;
};

/// Opens `path`, which is only a name where the packets go to a tap, for writing (the caller takes
/// care of temporary names). Errors: unwritable; unavailable where libavcodec has neither H.264 nor
/// MPEG-4 to encode with, or no HEVC where that is asked for.
Result<std::unique_ptr<Encoder>> open_encoder(const std::filesystem::path& path,
                                              const EncoderOptions& options);

}  // namespace saccade::media
