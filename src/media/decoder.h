// One software decoder of libavcodec, fed with packets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "media/libav.h"
#include "media/nvdec.h"
#include "saccade/error.h"

namespace saccade::media {

/// What a call of Decoder::receive came to.
enum class DecodeStep {
    frame,       ///< a picture is there
    more_input,  ///< send a packet
    drained,     ///< everything came out after the end
    damaged,     ///< some input could not be decoded; go on
    no_memory,
};

struct DecoderOptions {
    int threads = 0;  ///< 0: as many as the machine runs at once
    bool low_delay =
        false;  ///< a picture comes out as soon as its packet is in: threads within pictures only
    bool careful = false;          ///< of a damaged stream, perhaps: see picture_buffers.h
    const Nvdec* nvdec = nullptr;  ///< on the GPU, or in software where that turns the stream down
};

/// One thread at a time. Its pictures are reference counted and may outlive it, in any number.
class Decoder {
  public:
    /// Errors: unsupported, with libavcodec's reason (`name` goes before it).
    static Result<Decoder> open(const AVCodec& codec, const AVCodecParameters* parameters,
                                const std::string& name, const DecoderOptions& options);

    /// nullptr: the end. more_input, damaged or no_memory.
    DecodeStep send(const AVPacket* packet);
    DecodeStep receive(AVFrame& frame);
    /// Whether pictures were mended since the latest call: see DamageWatch.
    bool take_damage() { return watch_->take() > 0; }
    /// Forgets all input, also the end: ready for another stream of the same codec.
    void reset() { avcodec_flush_buffers(context_.get()); }

    /// "h264 (software, 2 threads)"; "h264 (NVDEC)" once a picture came from the GPU.
    [[nodiscard]] std::string description() const;
    [[nodiscard]] const AVCodecContext& context() const noexcept { return *context_; }

  private:
    Decoder(std::unique_ptr<DamageWatch> watch, AvCodecContext context)
        : watch_(std::move(watch)), context_(std::move(context)) {}

    std::unique_ptr<DamageWatch> watch_;  // outlives the context
    AvCodecContext context_;
};

}  // namespace saccade::media
