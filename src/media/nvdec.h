// Decoding on an NVIDIA GPU through FFmpeg's CUDA hwaccel; pictures stay in its memory.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "core/frame.h"
#include "media/libav.h"
#include "media/orientation.h"
#include "saccade/error.h"

namespace saccade::media {

/// Why a stream is decoded in software though a GPU is asked for, as far as its headers tell; ""
/// where nothing stands against NVDEC. Pictures that must be turned, and formats other than 4:2:0
/// of 8 or 10 bits, are not for it.
std::string nvdec_obstacle(const AVCodec& codec, const AVCodecParameters& parameters,
                           Orientation orientation);

/// A stream's own place on a GPU. One thread; pictures may outlive it.
class Nvdec {
  public:
    /// `stop` ends the wait for memory in take(). Errors: unavailable (no driver, no such GPU, a
    /// build without CUDA).
    static Result<std::unique_ptr<Nvdec>> open(int device, std::stop_token stop = {});
    Nvdec() = default;
    Nvdec(const Nvdec&) = delete;
    Nvdec& operator=(const Nvdec&) = delete;
    virtual ~Nvdec() = default;

    /// Makes a decoder that is not open yet prefer the GPU. Where the GPU turns the stream down
    /// when it is seen, libavcodec goes on in software.
    virtual void attach(AVCodecContext& context) const = 0;

    /// Fills the planes, memory, device and owner of a Frame whose size and format are set, with a
    /// copy of the picture on the device that any CUDA stream may read at once. The decoder has its
    /// surface back when `picture` goes: it has few, and a pipeline holds many frames. Waits a
    /// while for memory. Errors: out_of_memory, internal.
    virtual Result<void> take(const AVFrame& picture, Frame& frame) = 0;

    [[nodiscard]] virtual int device() const noexcept = 0;
};

/// Whether the picture is in device memory.
[[nodiscard]] inline bool on_device(const AVFrame& frame) noexcept {
    return frame.format == AV_PIX_FMT_CUDA;
}

/// The layout of a device picture's planes: nv12 or p010. Errors: unsupported.
Result<PixelFormat> device_format(const AVFrame& frame);

}  // namespace saccade::media
