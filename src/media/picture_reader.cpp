#include "media/picture_reader.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <utility>

#include "media/picture_buffers.h"
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

/// What 32 bits of RTP's time come to.
std::chrono::nanoseconds turn_of(TimeBase base) {
    if (base.num != 1 || base.den <= 0) return {};
    return std::chrono::nanoseconds((std::int64_t{1} << 32U) * 1'000'000'000 / base.den);
}

/// The sender's wall clock at a packet, where it has told.
std::optional<std::chrono::nanoseconds> wall_of(const AVPacket& packet) {
    std::size_t size = 0;
    const std::uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_PRFT, &size);
    if (data == nullptr || size < sizeof(AVProducerReferenceTime)) return std::nullopt;
    AVProducerReferenceTime told;
    std::memcpy(&told, data, sizeof told);
    return std::chrono::microseconds(told.wallclock);
}

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
    mode_ = demuxer.can_read_again() ? Mode::fast : Mode::once;
    if (auto opened = open_decoder(demuxer); !opened) return opened;
    info = latest_;
    start_times(demuxer);
    joined_ = !demuxer.joins();
    return {};
}

void PictureReader::start_times(const Demuxer& demuxer) {
    const AVStream& stream = demuxer.stream();
    base_ = {stream.time_base.num, stream.time_base.den};
    if (demuxer.live()) sender_.emplace(turn_of(base_));
    times_.emplace(TimeBase{stream.time_base.num, stream.time_base.den}, latest_.frame_rate);
}

void PictureReader::follow(const PictureReader& first) {
    latest_ = first.latest_;
    times_ = first.times_;
    mode_ = first.mode_;
    any_ = started_ = joined_ = true;
}

Result<void> PictureReader::read_again(const Demuxer& demuxer, std::uint64_t taken) {
    mode_ = Mode::careful;
    doubtful_ = input_ended_ = losing_ = leading_ = recovering_ = pending_ = false;
    taken_before_ = taken;
    next_index_ = pictures_of_part_ = 0;
    errors_after_end_ = 0;
    end_.reset();
    next_begin_.reset();
    decoder_.reset();
    av_frame_unref(decoded_.get());
    untimed_.clear();
    ready_.clear();
    joined_ = !demuxer.joins();
    start_times(demuxer);
    return open_decoder(demuxer);
}

Result<void> PictureReader::open_decoder(const Demuxer& demuxer) {
    const AVCodecParameters& codec = *demuxer.stream().codecpar;
    if (options_.cuda_device >= 0) {
        not_on_gpu_ = nvdec_obstacle(demuxer.decoder(), codec, demuxer.orientation());
        if (not_on_gpu_.empty() && !nvdec_) {
            auto nvdec = Nvdec::open(options_.cuda_device, options_.stop);
            if (!nvdec) return fail(nvdec.error());
            nvdec_ = std::move(*nvdec);
        }
    }
    auto decoder = Decoder::open(demuxer.decoder(), &codec, latest_.name,
                                 {.threads = mode_ == Mode::careful ? 1 : options_.decoder_threads,
                                  .low_delay = latest_.live,
                                  .careful = mode_ != Mode::fast,
                                  .nvdec = nvdec_.get()});
    if (!decoder) return fail(decoder.error());
    due_.emplace(codec.codec_id, demuxer.joins());
    if (mode_ == Mode::fast && any_) due_->start_within();
    entries_.reset();
    if (codec.codec_id == AV_CODEC_ID_H264) entries_.emplace(codec);
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
    pictures_of_part_ = 0;
    begin_ = segment.begin;
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
    if (packet->size == 0)
        return {};  // a place in a table without a picture (to libavcodec: the end)
    if (!joined_ && (packet->flags & AV_PKT_FLAG_KEY) != 0) {
        if (mode_ != Mode::fast) decoder_->take_damage();
        joined_ = true;
    }
    // (What the next segment's entry point, decoded here too, is damaged by, is told there.)
    const bool ours = !end_ || packet->pts != *end_;
    if (ours) due_->sent(*packet);
    if (mode_ != Mode::fast) note_start(*packet);
    if (sender_ && packet->pts != AV_NOPTS_VALUE) {
        sender_->note(packet->pts, std::chrono::steady_clock::now(), wall_of(*packet));
    }
    if ((packet->flags & AV_PKT_FLAG_CORRUPT) != 0) lose("a packet is damaged or cut short");
    const DecodeStep step = decoder_->send(packet);
    if (step == DecodeStep::damaged && (mode_ == Mode::fast || !leading_))
        lose("a packet could not be decoded");
    return step == DecodeStep::no_memory ? no_memory() : Result<void>{};
}

Result<PictureReader::Step> PictureReader::step() {
    const bool pending = std::exchange(pending_, false);
    const DecodeStep came = pending ? DecodeStep::frame : decoder_->receive(*decoded_);
    if (doubtful()) return Step::doubtful;
    switch (came) {
        case DecodeStep::frame:
            if (const auto shown = known(decoded_->pts);
                next_begin_ && shown && *shown >= *next_begin_) {
                pending_ = true;
                return Step::crossed;
            }
            if (auto taken = take(); !taken) return fail(taken.error());
            return doubtful() ? Step::doubtful : Step::taken;
        case DecodeStep::more_input: return Step::hungry;
        case DecodeStep::drained: return Step::drained;
        case DecodeStep::damaged:
            lose("a picture could not be decoded");
            if (doubtful()) return Step::doubtful;
            if (input_ended_ && ++errors_after_end_ > most_errors_after_end) return Step::drained;
            return Step::taken;
        case DecodeStep::no_memory: break;
    }
    return no_memory();
}

Result<void> PictureReader::take() {
    const auto shown = known(decoded_->pts);
    if (end_ && shown && *shown >= *end_) {
        av_frame_unref(decoded_.get());
        return {};
    }
    const bool flagged = decoded_->decode_error_flags != 0 ||
                         (decoded_->flags & AV_FRAME_FLAG_CORRUPT) != 0 ||
                         has_marks(*decoded_, decoder_->context().codec_id);
    const bool in_turn = due_->came(*decoded_);
    if (mode_ == Mode::fast && (flagged || !in_turn || !plain_time())) {
        doubtful_ = true;
        return {};
    }
    if (mended() || (flagged && !due_->leads(decoded_->pts))) lose("a picture is damaged in part");
    losing_ = false;
    const auto timestamp = known(decoded_->best_effort_timestamp);
    const std::int64_t duration = duration_of(*decoded_);
    const std::int64_t stamped = decoded_->pts;
    const PixelAspect aspect = pixel_aspect_of(decoded_->sample_aspect_ratio);
    if (taken_before_ > 1) {
        --taken_before_;
        ++next_index_;
        av_frame_unref(decoded_.get());
        return take_time(Frame{}, timestamp, duration);
    }
    auto made = pictures_.make(*decoded_, decoder_->context().codec_id);
    av_frame_unref(decoded_.get());
    if (!made) return fail(made.error().code, latest_.name + ": " + made.error().message);
    Frame& frame = *made;
    frame.id = {options_.stream, next_index_++};
    if (sender_) stamp(frame, stamped);
    if (taken_before_ == 1) {  // the one that was handed out last, by whichever decoder
        taken_before_ = 0;
        set_shape(latest_, frame);
        return take_time(Frame{}, timestamp, duration);
    }
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
    return take_time(std::move(frame), timestamp, duration);
}

/// An empty frame stands for one that was taken before: its time counts for those behind it.
Result<void> PictureReader::take_time(Frame frame, std::optional<std::int64_t> timestamp,
                                      std::int64_t duration) {
    untimed_.emplace_back(std::move(frame));
    times_->next(timestamp, duration, ready_);
    hand_out();
    return {};
}

void PictureReader::stamp(Frame& frame, std::int64_t shown) const {
    const auto stamp = sender_->at(shown);
    frame.sender = stamp ? stamp->sender : SenderTime{};
    if (stamp) frame.received = stamp->received;
}

/// What is wrong with pictures that refer to some before the stream's start is no damage.
void PictureReader::note_start(const AVPacket& packet) {
    if (leading_ || recovering_) decoder_->take_damage();
    leading_ = due_->leads(packet.pts);
    if ((packet.flags & AV_PKT_FLAG_KEY) == 0) return;
    recovering_ = entries_ && !entries_->is_entry(packet);
    entries_.reset();
}

bool PictureReader::mended() {
    return decoder_->take_damage() && !leading_ && !recovering_;
}

/// Whether the time of the picture in hand follows from its timestamp alone. Of others a reader of
/// another part knows nothing, and after them nobody does.
bool PictureReader::plain_time() {
    const auto begin = std::exchange(begin_, std::nullopt);
    if (last_ && !begin) return true;
    const auto shown = known(decoded_->pts);
    return shown && decoded_->best_effort_timestamp == *shown && times_->plain(*shown) &&
           (!begin || *shown == *begin);
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
            if (frame->width == 0) {
                untimed_.pop_front();
                continue;
            }
            ++pictures_of_part_;
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
    if (mode_ == Mode::fast) {
        doubtful_ = true;
        return;
    }
    if (!joined_ || std::exchange(losing_, true)) return;
    damage_.note(what, next_index_);
    add(Discontinuity{fmt::format("{}: {} before frame {}", latest_.name, what, next_index_)});
}

bool PictureReader::finish_part() {
    if (mode_ == Mode::fast) return !doubtful() && due_->count() == 0;
    if (mended()) lose("a picture is damaged in part");
    if (taken_before_ > 0) damage_.note_whole("the file changed while it was read");
    if (const auto missing = due_->count(); missing > 0) {
        damage_.note_whole(fmt::format("{} picture{} did not come out of the decoder", missing,
                                       missing == 1 ? "" : "s"));
    }
    return true;
}

tl::unexpected<Error> PictureReader::no_memory() const {
    return fail(ErrorCode::out_of_memory, latest_.name + ": no memory to decode into",
                "use fewer decoder threads or a machine with more memory");
}

}  // namespace saccade::media
