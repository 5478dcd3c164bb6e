// Coded pictures into RTP packets, by libavformat's muxer.
#pragma once

extern "C" {
#include <libavcodec/bsf.h>
}

#include <cstdint>
#include <memory>
#include <string>

#include "media/libav.h"
#include "relay/burst.h"
#include "saccade/error.h"

namespace saccade::relay {

/// One stream's packets. H.264 and HEVC go out with their parameter sets in front of each key
/// picture, so that whoever begins there needs nothing else. One thread at a time.
class RtpPacker {
  public:
    /// `name`: of the stream, for messages and the SDP. `time_base`: of the packets to come.
    /// Errors: unsupported (a codec that this libavformat has no RTP for), out_of_memory.
    static Result<std::unique_ptr<RtpPacker>> open(const AVCodecParameters& codec,
                                                   AVRational time_base, const std::string& name);
    ~RtpPacker();
    RtpPacker(const RtpPacker&) = delete;
    RtpPacker& operator=(const RtpPacker&) = delete;

    /// nullptr where a packet gave nothing to send. Errors: corrupt (a packet that is none),
    /// unsupported (a picture that RTP has no form for: JPEG of odd sampling, say).
    Result<std::shared_ptr<const Burst>> pack(const AVPacket& packet, std::int64_t wall_ns);

    /// The session's description (RFC 4566), its media's control "streamid=0".
    [[nodiscard]] const std::string& sdp() const noexcept { return sdp_; }
    /// The sender's number in all packets (RFC 3550).
    [[nodiscard]] std::uint32_t ssrc() const noexcept { return ssrc_; }

  private:
    explicit RtpPacker(std::string name) : name_(std::move(name)) {}
    Result<void> start(const AVCodecParameters& codec, AVRational time_base);
    Result<void> open_filter(const AVCodecParameters& codec, AVRational time_base);
    Result<void> describe();
    static int take(void* self, std::uint8_t* data, int size);

    struct FilterFree {
        void operator()(AVBSFContext* filter) const noexcept { av_bsf_free(&filter); }
    };

    const std::string name_;
    std::unique_ptr<AVBSFContext, FilterFree> filter_;
    AVFormatContext* format_ = nullptr;
    bool begun_ = false;  ///< its header is written
    media::AvPacket packet_{av_packet_alloc()};
    AVRational time_base_{};
    std::string sdp_;
    std::uint32_t ssrc_ = 0;
    Burst burst_;  ///< that take() adds to
};

}  // namespace saccade::relay
