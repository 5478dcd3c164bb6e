#include "media/clip_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

#include "media/demuxer.h"
#include "media/libav.h"

namespace saccade::media {
namespace {

struct Closer {
    void operator()(AVFormatContext* format) const noexcept {
        if (format->pb != nullptr) avio_closep(&format->pb);
        avformat_free_context(format);
    }
};
using Output = std::unique_ptr<AVFormatContext, Closer>;

tl::unexpected<Error> write_failure(const std::string& path, int code) {
    return fail(ErrorCode::unwritable,
                fmt::format("{}: can't be written: {}", path, libav_message(code)),
                "check the free space and the permissions of the folder");
}

/// How the picture is to be turned is beside the codec's parameters before FFmpeg 6.1.
[[nodiscard]] bool copy_orientation([[maybe_unused]] const AVStream& from,
                                    [[maybe_unused]] AVStream& to) {
#if LIBAVCODEC_VERSION_INT < AV_VERSION_INT(60, 30, 100)
    std::size_t size = 0;
    const std::uint8_t* data = av_stream_get_side_data(&from, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (data == nullptr) return true;
    std::uint8_t* copy = av_stream_new_side_data(&to, AV_PKT_DATA_DISPLAYMATRIX, size);
    if (copy == nullptr) return false;
    std::memcpy(copy, data, size);
#endif
    return true;
}

Result<Output> open_output(const std::string& path, const AVStream& from) {
    const AVOutputFormat* mp4 = av_guess_format("mp4", nullptr, nullptr);
    const bool fits = mp4 != nullptr &&
                      avformat_query_codec(mp4, from.codecpar->codec_id, FF_COMPLIANCE_NORMAL) == 1;
    AVFormatContext* format = nullptr;
    if (avformat_alloc_output_context2(&format, nullptr, fits ? "mp4" : "matroska", path.c_str()) <
        0) {
        return fail(ErrorCode::unavailable, "this libavformat writes neither MP4 nor Matroska",
                    "install a full FFmpeg");
    }
    Output output(format);
    AVStream* stream = avformat_new_stream(format, nullptr);
    if (stream == nullptr || avcodec_parameters_copy(stream->codecpar, from.codecpar) < 0 ||
        !copy_orientation(from, *stream)) {
        return fail(ErrorCode::out_of_memory, path + ": no memory for a stream");
    }
    stream->codecpar->codec_tag = 0;  // the tag of the other container
    stream->time_base = from.time_base;
    stream->avg_frame_rate = from.avg_frame_rate;
    // "file:" keeps a colon in the path from being read as a protocol.
    int code = avio_open(&format->pb, ("file:" + path).c_str(), AVIO_FLAG_WRITE);
    if (code >= 0) code = avformat_write_header(format, nullptr);
    if (code < 0) return write_failure(path, code);
    return output;
}

/// One run through the file after the other.
class Copier {
  public:
    Copier(const std::string& from, const std::string& to, std::uint64_t frames)
        : from_(from), to_(to), left_(frames) {}

    Result<void> run() {
        while (left_ > 0) {
            const std::uint64_t before = left_;
            if (auto done = lap(); !done) return done;
            if (left_ == before) return fail(ErrorCode::corrupt, from_ + ": no frame in it");
        }
        if (!output_)
            return fail(ErrorCode::invalid_argument, to_ + ": a clip has a frame at least");
        int code = av_write_trailer(output_.get());
        if (code >= 0) code = avio_closep(&output_->pb);
        return code < 0 ? write_failure(to_, code) : Result<void>{};
    }

  private:
    Result<void> lap() {
        auto demuxer = Demuxer::open(from_, [] { return false; });
        if (!demuxer) return fail(demuxer.error());
        const AVStream& stream = (*demuxer)->stream();
        if (!output_) {
            auto output = open_output(to_, stream);
            if (!output) return fail(output.error());
            output_ = std::move(*output);
        }
        const double rate = (*demuxer)->frame_rate();
        const std::int64_t period = std::max<std::int64_t>(
            av_rescale_q(1, av_d2q(rate > 0 ? 1 / rate : 1.0 / 30, 1'000'000), stream.time_base),
            1);
        std::int64_t first = std::numeric_limits<std::int64_t>::max(),
                     end = std::numeric_limits<std::int64_t>::min();
        int code = 0;
        while (left_ > 0 && (code = (*demuxer)->read(*packet_)) >= 0) {
            AVPacket& packet = *packet_;
            // Old containers leave times out: then frames follow each other at the nominal rate.
            if (packet.dts == AV_NOPTS_VALUE) packet.dts = latest_dts_ - offset_ + period;
            if (packet.pts == AV_NOPTS_VALUE) packet.pts = packet.dts;
            if (packet.duration <= 0) packet.duration = period;
            first = std::min(first, packet.pts);
            end = std::max(end, packet.pts + packet.duration);
            if (auto written = write(packet, stream.time_base); !written) return written;
            --left_;
        }
        if (code < 0 && code != AVERROR_EOF) {
            return fail(ErrorCode::unreadable, fmt::format("{}: {}", from_, libav_message(code)));
        }
        if (end > first) offset_ += end - first;
        return {};
    }

    Result<void> write(AVPacket& packet, AVRational time_base) {
        packet.pts += offset_;
        packet.dts += offset_;
        latest_dts_ = packet.dts;
        packet.stream_index = 0;
        packet.pos = -1;
        av_packet_rescale_ts(&packet, time_base, output_->streams[0]->time_base);
        const int code = av_interleaved_write_frame(output_.get(), &packet);
        return code < 0 ? write_failure(to_, code) : Result<void>{};
    }

    const std::string from_, to_;
    std::uint64_t left_;
    Output output_;
    AvPacket packet_{av_packet_alloc()};
    std::int64_t offset_ = 0;      ///< of this lap's times, in the source's time base
    std::int64_t latest_dts_ = 0;  ///< as written
};

}  // namespace

Result<void> copy_clip(const std::string& from, const std::filesystem::path& to,
                       std::uint64_t frames) {
    init_libav();
    return Copier(from, to.string(), frames).run();
}

}  // namespace saccade::media
