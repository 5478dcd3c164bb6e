#include "media/picture_reader.h"

#include <fmt/format.h>

#include <utility>

#include "media/pixel_format.h"

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

}  // namespace

void set_declared(StreamInfo& info, const Demuxer& demuxer) {
    const AVStream& stream = demuxer.stream();
    const AVCodecParameters& codec = *stream.codecpar;
    info.codec = avcodec_get_name(codec.codec_id);
    info.width = codec.width;
    info.height = codec.height;
    if (demuxer.orientation().transpose) std::swap(info.width, info.height);
    const auto format = nearest_format(static_cast<AVPixelFormat>(codec.format));
    info.format = format.value_or(PixelFormat::i420);
    info.live = demuxer.live();
    info.frame_rate = demuxer.frame_rate();
    info.pixel_aspect = demuxer.pixel_aspect();  // as coded; upright from the first picture on
    if (stream.nb_frames > 0) info.frame_count = static_cast<std::uint64_t>(stream.nb_frames);
    if (const auto ns = demuxer.duration_ns(); ns > 0) info.duration = Timestamp(ns);
}

Result<void> PictureReader::open(const Demuxer& demuxer, StreamInfo& info) {
    latest_ = info;
    if (auto opened = open_decoder(demuxer); !opened) return opened;
    info = latest_;
    const AVStream& stream = demuxer.stream();
    times_.emplace(TimeBase{stream.time_base.num, stream.time_base.den}, info.frame_rate);
    return {};
}

void PictureReader::follow(const PictureReader& first) {
    latest_ = first.latest_;
    times_ = first.times_;
    any_ = started_ = seen_key_packet_ = true;
}

Result<void> PictureReader::open_decoder(const Demuxer& demuxer) {
    const AVCodecParameters& codec = *demuxer.stream().codecpar;
    if (options_.cuda_device >= 0) {
        not_on_gpu_ = nvdec_obstacle(demuxer.decoder(), codec, demuxer.orientation());
        if (not_on_gpu_.empty()) {
            auto nvdec = Nvdec::open(options_.cuda_device);
            if (!nvdec) return fail(nvdec.error());
            nvdec_ = std::move(*nvdec);
        }
    }
    auto decoder = Decoder::open(demuxer.decoder(), &codec, options_.decoder_threads, latest_.live,
                                 latest_.name, nvdec_.get());
    if (!decoder) return fail(decoder.error());
    decoder_.emplace(std::move(*decoder));
    if (!any_) latest_.decoder = decoder_->description();
    pictures_.set_nvdec(nvdec_.get());
    pictures_.set_orientation(demuxer.orientation());
    return {};
}

void PictureReader::start(const Segment& segment) {
    if (segment.number == 0) return;
    if (std::exchange(input_ended_, false)) decoder_->reset();
    enter(segment);
}

void PictureReader::enter(const Segment& segment) {
    next_begin_.reset();
    errors_after_end_ = 0;
    losing_ = false;
    next_index_ = segment.first_index;
    if (segment.begin) times_->go_on_at(*segment.begin);
}

bool PictureReader::can_go_on() const noexcept {
    return decoder_->context().codec_id == AV_CODEC_ID_H264 && !end_ && !next_begin_;
}

Result<void> PictureReader::send(const AVPacket* packet) {
    if (packet == nullptr) {
        input_ended_ = true;
        decoder_->send(nullptr);
        return {};
    }
    seen_key_packet_ = seen_key_packet_ || (packet->flags & AV_PKT_FLAG_KEY) != 0;
    const bool ours = !end_ || packet->pts != *end_;
    if (ours && (packet->flags & AV_PKT_FLAG_CORRUPT) != 0) lose("a packet is damaged or cut short");
    const DecodeStep step = decoder_->send(packet);
    if (ours && step == DecodeStep::damaged) lose("a packet could not be decoded");
    return step == DecodeStep::no_memory ? no_memory() : Result<void>{};
}

Result<PictureReader::Step> PictureReader::step() {
    switch (std::exchange(pending_, false) ? DecodeStep::frame : decoder_->receive(*decoded_)) {
        case DecodeStep::frame:
            if (const auto shown = known(decoded_->pts); next_begin_ && shown && *shown >= *next_begin_) {
                pending_ = true;
                return Step::crossed;
            }
            if (auto taken = take(); !taken) return fail(taken.error());
            return Step::taken;
        case DecodeStep::more_input:
            return Step::hungry;
        case DecodeStep::drained:
            return Step::drained;
        case DecodeStep::damaged:
            lose("a picture could not be decoded");
            if (input_ended_ && ++errors_after_end_ > most_errors_after_end) return Step::drained;
            return Step::taken;
        case DecodeStep::no_memory:
            break;
    }
    return no_memory();
}

Result<void> PictureReader::take() {
    if (const auto shown = known(decoded_->pts); end_ && shown && *shown >= *end_) {
        av_frame_unref(decoded_.get());
        return {};
    }
    if (decoder_->take_damage() || decoded_->decode_error_flags != 0 ||
        (decoded_->flags & AV_FRAME_FLAG_CORRUPT) != 0) {
        lose("a picture is damaged in part");
    }
    losing_ = false;
    const auto timestamp = known(decoded_->best_effort_timestamp);
    const std::int64_t duration = duration_of(*decoded_);
    const PixelAspect aspect = pixel_aspect_of(decoded_->sample_aspect_ratio);
    auto made = pictures_.make(*decoded_, decoder_->context().codec_id);
    av_frame_unref(decoded_.get());
    if (!made) return fail(made.error().code, latest_.name + ": " + made.error().message);
    Frame& frame = *made;
    frame.id = {options_.stream, next_index_++};
    if (!any_) {  // now it is known what the stream is like, and whether the GPU took it
        set_shape(latest_, frame);
        if (latest_.pixel_aspect == PixelAspect{}) latest_.pixel_aspect = aspect;
        if (pictures_.turned()) std::swap(latest_.pixel_aspect.width, latest_.pixel_aspect.height);
        latest_.decoder = decoder_->description();
        if (!not_on_gpu_.empty()) latest_.decoder += "; not NVDEC: " + not_on_gpu_;
        any_ = true;
    } else if (frame.width != latest_.width || frame.height != latest_.height ||
               frame.format != latest_.format || frame.color != latest_.color) {
        set_shape(latest_, frame);
        add(FormatChanged{latest_});
    }
    untimed_.emplace_back(std::move(frame));
    times_->next(timestamp, duration, ready_);
    hand_out();
    return {};
}

/// Behind the frames that were taken before.
void PictureReader::add(SourceEvent event) {
    (untimed_.empty() ? events_ : untimed_).push_back(std::move(event));
}

/// Hands on frames whose times are known, and what follows each.
void PictureReader::hand_out() {
    auto time = ready_.begin();
    while (!untimed_.empty()) {
        if (auto* frame = std::get_if<Frame>(&untimed_.front())) {
            if (time == ready_.end()) break;
            frame->pts = *time++;
            if (!std::exchange(started_, true)) latest_.start = frame->pts;
        }
        events_.push_back(std::move(untimed_.front()));
        untimed_.pop_front();
    }
    ready_.clear();
}

void PictureReader::settle_times() {
    times_->flush(next_begin_ ? next_begin_ : end_, ready_);
    hand_out();
}

void PictureReader::lose(const std::string& what) {
    if (!seen_key_packet_ || std::exchange(losing_, true)) return;
    damage_.note(what, next_index_);
    add(Discontinuity{fmt::format("{}: {} before frame {}", latest_.name, what, next_index_)});
}

void PictureReader::finish_part() {
    // (What the next segment's entry point, decoded here too, is damaged by, is told there.)
    if (decoder_->take_damage() && !end_) lose("a picture is damaged in part");
}

tl::unexpected<Error> PictureReader::no_memory() const {
    return fail(ErrorCode::out_of_memory, latest_.name + ": no memory to decode into",
                "use fewer decoder threads or a machine with more memory");
}

}  // namespace saccade::media
