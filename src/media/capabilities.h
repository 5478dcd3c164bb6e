// What decodes on this machine.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace saccade::media {

struct CodecSupport {
    std::string codec;  ///< "h264", "hevc" ...
    std::string name;   ///< of the decoder or encoder that would be taken, "" where there is none
};

struct Capabilities {
    std::string ffmpeg;                  ///< version of libavcodec in use: "59.37.100"
    std::vector<CodecSupport> decoders;  ///< H.264, HEVC, VP9, AV1, MPEG-4, MJPEG, PNG
    CodecSupport encoder;                ///< of annotated video
};

Capabilities capabilities();

/// NVDEC engines of a GPU, which decode at once; nothing where it does not tell. Makes a context on
/// the GPU the first time. Any thread.
std::optional<int> nvdec_engines(int device);

}  // namespace saccade::media
