// Which encoder, and what it is told, in FFmpeg's words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "saccade/error.h"

struct AVCodec;
struct AVCodecContext;

namespace saccade::media {

struct EncoderChoice {
    std::string name;           ///< as FFmpeg has it; "": x264, else MPEG-4
    std::optional<double> crf;  ///< constant quality by the encoder's own scale; none: its default
    std::int64_t bitrate = 0;   ///< bit/s, 0: constant quality
    std::string preset;         ///< "": the one that costs least at a good quality
    friend bool operator==(const EncoderChoice&, const EncoderChoice&) = default;
};

/// "4M", "800k", "2500000": bit/s. Errors: invalid_argument.
Result<std::int64_t> parse_bitrate(std::string_view text);

/// The names of the encoders of this FFmpeg that write video into MP4 from 8-bit 4:2:0 pictures.
std::vector<std::string> encoder_names();

/// Opens the encoder once on a small picture, as far as that needs no file. Errors:
/// invalid_argument where this FFmpeg has no such encoder, or the encoder does not take a value:
/// each names what there is. unavailable where it is there and can't be opened: no such hardware.
Result<void> check_encoder(const EncoderChoice& choice);

/// The encoder of `choice`. Errors: invalid_argument, unavailable.
Result<const AVCodec*> find_encoder(const EncoderChoice& choice);

/// Whether it takes pictures in a GPU's memory.
bool takes_device_pictures(const AVCodec& codec);
/// Whether it takes NV12 on the host.
bool takes_nv12(const AVCodec& codec);
bool takes_i420(const AVCodec& codec);

/// Tells a context that is not open yet what the choice says, before avcodec_open2. `low_delay`: no
/// picture waits for later ones. `threads`: as in EncoderOptions. Errors: as for check_encoder.
Result<void> tell_encoder(AVCodecContext& context, const AVCodec& codec,
                          const EncoderChoice& choice, int threads, bool low_delay);

}  // namespace saccade::media
