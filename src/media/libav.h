// Owners for the objects of FFmpeg's libraries, and their errors in words.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
}

#include <memory>
#include <string>

namespace saccade::media {

template <auto Free>
struct LibavDeleter {
    template <typename T>
    void operator()(T* object) const noexcept {
        Free(&object);
    }
};

using AvFrame = std::unique_ptr<AVFrame, LibavDeleter<av_frame_free>>;
using AvPacket = std::unique_ptr<AVPacket, LibavDeleter<av_packet_free>>;
using AvCodecContext = std::unique_ptr<AVCodecContext, LibavDeleter<avcodec_free_context>>;

/// "Invalid data found when processing input" for AVERROR_INVALIDDATA.
inline std::string libav_message(int code) {
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, text, sizeof text);
    return text;
}

/// To be called before any other use of the libraries: routes their log to core/log (debug level)
/// and bounds their single allocations. Any thread, any number of times.
void init_libav();

/// The latest line that FFmpeg logged as an error on this thread since the last clear, "" if none.
std::string last_libav_error();
void clear_libav_error();

}  // namespace saccade::media
