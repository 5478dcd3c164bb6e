// Video out: H.264 (or what EncoderChoice names) in MP4 through libavcodec.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "core/frame.h"
#include "media/encoder_choice.h"
#include "media/packet_tap.h"
#include "media/pixel_aspect.h"
#include "saccade/error.h"

namespace saccade::media {

struct EncoderOptions {
    int width = 0, height = 0;      ///< px; odd sizes are padded by a column or row
    double frame_rate = 30;         ///< nominal, Hz; real times come with the frames
    ColorSpec color;                ///< written into the stream's tags
    PixelAspect pixel_aspect = {};  ///< likewise
    EncoderChoice choice = {};
    int threads = 0;  ///< 0: the encoder's choice
    /// Most frames come as this, i420 or nv12, and are not converted where the encoder takes it.
    PixelFormat format = PixelFormat::i420;
    /// Of the CUDA device whose memory frames lie in (nv12), for encoders that
    /// takes_device_pictures; -1: the host's.
    int device = -1;
    /// Gets the packets, with low delay and a key picture a second, in place of a file. May be
    /// none.
    std::shared_ptr<PacketTap> tap = nullptr;
};

/// One file under way. One thread. Frames are i420 or nv12 of the given size with rising pts, all
/// in the memory that the options name. One that has an owner may be kept for a while.
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
/// care of temporary names). Errors: unwritable; those of check_encoder; unavailable for pictures
/// on a device in a build without CUDA.
Result<std::unique_ptr<Encoder>> open_encoder(const std::filesystem::path& path,
                                              const EncoderOptions& options);

}  // namespace saccade::media
