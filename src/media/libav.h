// Owners for the objects of FFmpeg's libraries, and their errors in words.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
}

#include <atomic>
#include <cstddef>
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
using AvBuffer = std::unique_ptr<AVBufferRef, LibavDeleter<av_buffer_unref>>;
using AvPacket = std::unique_ptr<AVPacket, LibavDeleter<av_packet_free>>;
using AvCodecContext = std::unique_ptr<AVCodecContext, LibavDeleter<avcodec_free_context>>;

/// "Invalid data found when processing input" for AVERROR_INVALIDDATA.
inline std::string libav_message(int code) {
    char text[AV_ERROR_MAX_STRING_SIZE] = {};
    av_strerror(code, text, sizeof text);
    return text;
}

/// A header may claim any size; no honest picture or packet needs a block above this.
inline constexpr std::size_t max_allocation = std::size_t{1} << 30U;

/// To be called before any other use of the libraries: routes their log to core/log (debug level)
/// and bounds their single allocations. Any thread, any number of times.
void init_libav();

/// The latest line that FFmpeg logged as an error on this thread since the last clear, "" if none.
std::string last_libav_error();
void clear_libav_error();

/// Counts what one decoder or demuxer says it could not read without loss, which is what
/// libavutil's level AV_LOG_ERROR stands for, and the pictures that it had to mend. Much of that
/// has no other way out: decoders of HEVC leave out what they can't read and return no error, and
/// frame threads hand pictures out before decode_error_flags are set. The count comes from the
/// decoder's threads. It may run a few pictures ahead of its output, and never lags behind: what
/// went wrong with a picture is counted before the picture comes out.
class DamageWatch {
  public:
    /// To be attached before they are opened; must outlive them.
    explicit DamageWatch(AVCodecContext& decoder);
    explicit DamageWatch(AVFormatContext& demuxer);
    ~DamageWatch();
    DamageWatch(const DamageWatch&) = delete;
    DamageWatch& operator=(const DamageWatch&) = delete;

    /// Since the latest call.
    unsigned take() noexcept { return count_.exchange(0, std::memory_order_relaxed); }
    [[nodiscard]] unsigned count() const noexcept { return count_.load(std::memory_order_relaxed); }
    void add() noexcept { count_.fetch_add(1, std::memory_order_relaxed); }

  private:
    std::atomic<unsigned> count_{0};
};

}  // namespace saccade::media
