// From a decoded AVFrame to a Frame: without a copy where the decoder's planes can be used as they
// are, else through swscale and our own turning of planes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/frame.h"
#include "media/libav.h"
#include "media/nvdec.h"
#include "media/orientation.h"
#include "saccade/error.h"

struct AVBufferPool;
struct SwsContext;

namespace saccade::media {

/// Makes Frames of one stream. One thread; the Frames outlive it.
class PictureMaker {
  public:
    PictureMaker() = default;
    PictureMaker(const PictureMaker&) = delete;
    PictureMaker& operator=(const PictureMaker&) = delete;
    ~PictureMaker();

    /// How the container wants pictures to be turned. A picture's own matrix (SEI, EXIF) goes
    /// first.
    void set_orientation(Orientation orientation) { stream_orientation_ = orientation; }

    /// Hands out pictures in device memory; must outlive this.
    void set_nvdec(Nvdec* nvdec) { nvdec_ = nvdec; }

    /// Takes the picture out of `decoded` and fills all of a Frame but id and pts.
    /// Errors: unsupported (a hardware surface, an unknown format), out_of_memory.
    Result<Frame> make(AVFrame& decoded, AVCodecID codec);

    /// Whether the latest picture was laid on its side: its width is what its height was.
    [[nodiscard]] bool turned() const noexcept { return turned_; }

  private:
    Result<Frame> device_picture(AVFrame& decoded, AVCodecID codec) const;
    Result<AvFrame> converted(const AVFrame& picture, PixelFormat target);
    Result<AvFrame> oriented(const AVFrame& picture, PixelFormat format, Orientation orientation);
    Result<AvFrame> pooled(PixelFormat format, int width, int height);

    Orientation stream_orientation_;
    bool turned_ = false;
    Nvdec* nvdec_ = nullptr;
    SwsContext* scaler_ = nullptr;
    // Two pools, as a turned and converted picture needs a block of each kind.
    struct Pool {
        AVBufferPool* pool = nullptr;
        std::size_t bytes = 0;
    };
    Pool pools_[2];
};

}  // namespace saccade::media
