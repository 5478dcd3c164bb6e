#include "media/stream_source.h"

#include <fmt/format.h>

#include <deque>
#include <utility>

#include "media/damage.h"
#include "media/decoder.h"
#include "media/demuxer.h"
#include "media/frame_times.h"
#include "media/nvdec.h"
#include "media/picture.h"
#include "media/pixel_format.h"
#include "media/stop_flag.h"

namespace saccade::media {
namespace {

std::optional<std::int64_t> known(std::int64_t timestamp) {
    return timestamp == AV_NOPTS_VALUE ? std::nullopt : std::optional(timestamp);
}

std::int64_t duration_of(const AVFrame& frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame.duration;
#else
    return frame.pkt_duration;
#endif
}

// A drained decoder that only errs must not hold the end up for ever.
constexpr int most_errors_after_end = 1000;

void set_shape(StreamInfo& info, const Frame& frame) {
    info.width = frame.width;
    info.height = frame.height;
    info.format = frame.format;
    info.color = frame.color;
}

/// What the container says, before a picture was decoded.
void set_declared(StreamInfo& info, const Demuxer& demuxer) {
    const AVCodecParameters& codec = *demuxer.stream().codecpar;
    info.codec = avcodec_get_name(codec.codec_id);
    info.width = codec.width;
    info.height = codec.height;
    if (demuxer.orientation().transpose) std::swap(info.width, info.height);
    const auto format = nearest_format(static_cast<AVPixelFormat>(codec.format));
    info.format = format.value_or(PixelFormat::i420);
}

class StreamSource final : public Source {
  public:
    StreamSource(std::string name, const SourceOptions& options)
        : options_(options), stop_(options.stop) {
        info_.name = std::move(name);
    }

    Result<void> open();
    [[nodiscard]] const StreamInfo& info() const noexcept override { return info_; }
    Result<SourceEvent> read() override;
    void interrupt() noexcept override { stop_.set(); }

  private:
    Result<void> fill_queue();
    Result<void> feed();
    Result<void> take(AVFrame& decoded);
    void lose(const std::string& what);
    void finish();
    tl::unexpected<Error> close(Error error);
    [[nodiscard]] Error stopped() const;
    [[nodiscard]] tl::unexpected<Error> no_memory() const;

    const SourceOptions options_;
    StopFlag stop_;
    StreamInfo info_;    // as of the latest event handed out
    StreamInfo latest_;  // as of the latest event queued
    std::unique_ptr<Demuxer> demuxer_;
    std::unique_ptr<Nvdec> nvdec_;  // outlives the decoder
    std::optional<Decoder> decoder_;
    std::optional<FrameTimes> times_;
    PictureMaker pictures_;
    AvPacket packet_{av_packet_alloc()};
    AvFrame decoded_{av_frame_alloc()};
    DamageReport damage_;
    std::deque<SourceEvent> queue_;
    std::uint64_t next_index_ = 0;
    bool seen_key_packet_ = false;  // what comes before can't be decoded, and is no damage
    bool losing_ = false;           // since the latest frame: one event a damaged place
    bool input_ended_ = false, closed_ = false;
    int errors_after_end_ = 0;
    std::optional<End> end_;
};

Result<void> StreamSource::open() {
    auto demuxer = Demuxer::open(info_.name, [this] { return stop_(); });
    if (!demuxer) return fail(demuxer.error());
    demuxer_ = std::move(*demuxer);
    const AVStream& stream = demuxer_->stream();
    info_.live = demuxer_->live();
    set_declared(info_, *demuxer_);
    if (options_.before_decoder) {
        if (auto go = options_.before_decoder(info_); !go) return fail(go.error());
    }
    std::string not_on_gpu;
    if (options_.cuda_device >= 0) {
        not_on_gpu = nvdec_obstacle(demuxer_->decoder(), *stream.codecpar, demuxer_->orientation());
        if (not_on_gpu.empty()) {
            auto nvdec = Nvdec::open(options_.cuda_device);
            if (!nvdec) return fail(nvdec.error());
            nvdec_ = std::move(*nvdec);
        }
    }
    auto decoder = Decoder::open(demuxer_->decoder(), stream.codecpar, options_.decoder_threads,
                                 info_.live, info_.name, nvdec_.get());
    if (!decoder) return fail(decoder.error());
    decoder_.emplace(std::move(*decoder));
    pictures_.set_nvdec(nvdec_.get());
    pictures_.set_orientation(demuxer_->orientation());

    info_.decoder = decoder_->description();
    info_.frame_rate = demuxer_->frame_rate();
    if (stream.nb_frames > 0) info_.frame_count = static_cast<std::uint64_t>(stream.nb_frames);
    if (const auto ns = demuxer_->duration_ns(); ns > 0) info_.duration = Timestamp(ns);
    times_.emplace(TimeBase{stream.time_base.num, stream.time_base.den}, known(stream.start_time),
                   info_.frame_rate);

    // Up to the first picture, which tells what the stream is really like.
    while (next_index_ == 0 && !end_) {
        if (auto done = fill_queue(); !done) return done;
    }
    if (next_index_ > 0) {  // now it is known whether the GPU took the stream
        info_.decoder = latest_.decoder = decoder_->description();
        if (!not_on_gpu.empty()) info_.decoder = latest_.decoder += "; not NVDEC: " + not_on_gpu;
        return {};
    }
    return fail(ErrorCode::corrupt,
                end_->damage.empty() ? info_.name + ": not a media file: no picture in it"
                                     : end_->damage + "; no picture can be decoded",
                "give a video, an image or a folder of images");
}

Result<SourceEvent> StreamSource::read() {
    if (!closed_ && stop_()) return close(stopped());
    while (!closed_ && queue_.empty() && !end_) {
        if (auto done = fill_queue(); !done) return close(done.error());
    }
    if (queue_.empty()) return *end_;
    SourceEvent event = std::move(queue_.front());
    queue_.pop_front();
    if (const auto* changed = std::get_if<FormatChanged>(&event)) info_ = changed->info;
    return event;
}

/// After an error only End follows.
tl::unexpected<Error> StreamSource::close(Error error) {
    closed_ = true;
    queue_.clear();
    end_ = End{error.message};
    return fail(std::move(error));
}

/// One step: takes a picture or feeds a packet.
Result<void> StreamSource::fill_queue() {
    switch (decoder_->receive(*decoded_)) {
        case DecodeStep::frame:
            return take(*decoded_);
        case DecodeStep::more_input:
            return feed();
        case DecodeStep::drained:
            finish();
            return {};
        case DecodeStep::damaged:
            lose("a picture could not be decoded");
            if (input_ended_ && ++errors_after_end_ > most_errors_after_end) finish();
            return {};
        case DecodeStep::no_memory:
            break;
    }
    return no_memory();
}

Result<void> StreamSource::feed() {
    const int code = demuxer_->read(*packet_);
    if (code == AVERROR_EXIT && stop_()) return fail(stopped());
    if (code == AVERROR(ENOMEM)) return no_memory();
    if (code < 0) {
        if (code != AVERROR_EOF && demuxer_->io_failure().empty()) {
            damage_.note_whole("reading stopped: " + libav_message(code));
        }
        input_ended_ = true;
        decoder_->send(nullptr);
        return {};
    }
    seen_key_packet_ = seen_key_packet_ || (packet_->flags & AV_PKT_FLAG_KEY) != 0;
    if ((packet_->flags & AV_PKT_FLAG_CORRUPT) != 0) lose("a packet is damaged or cut short");
    const DecodeStep step = decoder_->send(packet_.get());
    if (step == DecodeStep::damaged) lose("a packet could not be decoded");
    return step == DecodeStep::no_memory ? no_memory() : Result<void>{};
}

Result<void> StreamSource::take(AVFrame& decoded) {
    if (decoder_->take_damage() || decoded.decode_error_flags != 0 ||
        (decoded.flags & AV_FRAME_FLAG_CORRUPT) != 0) {
        lose("a picture is damaged in part");
    }
    losing_ = false;
    const Timestamp pts = times_->next(known(decoded.best_effort_timestamp), duration_of(decoded));
    auto made = pictures_.make(decoded, decoder_->context().codec_id);
    av_frame_unref(&decoded);
    if (!made) return fail(made.error().code, info_.name + ": " + made.error().message);
    Frame& frame = *made;
    frame.id = {options_.stream, next_index_++};
    frame.pts = pts;
    if (frame.id.index == 0) {
        set_shape(info_, frame);
        latest_ = info_;
    } else if (frame.width != latest_.width || frame.height != latest_.height ||
               frame.format != latest_.format || frame.color != latest_.color) {
        set_shape(latest_, frame);
        queue_.emplace_back(FormatChanged{latest_});
    }
    queue_.emplace_back(std::move(frame));
    return {};
}

void StreamSource::lose(const std::string& what) {
    if (!seen_key_packet_ || std::exchange(losing_, true)) return;
    damage_.note(what, next_index_);
    queue_.emplace_back(
        Discontinuity{fmt::format("{}: {} before frame {}", info_.name, what, next_index_)});
}

void StreamSource::finish() {
    if (decoder_->take_damage()) lose("a picture is damaged in part");
    if (const auto why = demuxer_->io_failure(); !why.empty()) {
        damage_.note_whole("reading failed: " + why);
    }
    if (const auto cut = demuxer_->truncation(); !cut.empty()) damage_.note_whole(cut);
    end_ = End{damage_.summary(info_.name)};
}

Error StreamSource::stopped() const {
    return {ErrorCode::interrupted, info_.name + ": interrupted", ""};
}

tl::unexpected<Error> StreamSource::no_memory() const {
    return fail(ErrorCode::out_of_memory, info_.name + ": no memory to decode into",
                "use fewer decoder threads or a machine with more memory");
}

}  // namespace

Result<std::unique_ptr<Source>> open_stream(const std::string& location,
                                            const SourceOptions& options) {
    auto source = std::make_unique<StreamSource>(location, options);
    if (auto done = source->open(); !done) return fail(done.error());
    return source;
}

}  // namespace saccade::media
