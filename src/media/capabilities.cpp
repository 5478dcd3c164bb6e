#include "media/capabilities.h"

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <fmt/format.h>

namespace saccade::media {
namespace {

CodecSupport decoder_for(AVCodecID id) {
    const AVCodec* codec = avcodec_find_decoder(id);
    return {avcodec_get_name(id), codec != nullptr ? codec->name : ""};
}

}  // namespace

Capabilities capabilities() {
    const unsigned version = avcodec_version();
    Capabilities found;
    found.ffmpeg = fmt::format("{}.{}.{}", AV_VERSION_MAJOR(version), AV_VERSION_MINOR(version),
                               AV_VERSION_MICRO(version));
    for (const AVCodecID id : {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_VP9, AV_CODEC_ID_AV1,
                               AV_CODEC_ID_MPEG4, AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG}) {
        found.decoders.push_back(decoder_for(id));
    }
    const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
    if (encoder == nullptr) encoder = avcodec_find_encoder(AV_CODEC_ID_MPEG4);
    found.encoder = {"mp4", encoder != nullptr ? encoder->name : ""};
    return found;
}

}  // namespace saccade::media
