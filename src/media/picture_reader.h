// One decoder of a stream: packets in, upright pictures with their times out.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/damage.h"
#include "media/decoder.h"
#include "media/demuxer.h"
#include "media/due_pictures.h"
#include "media/entry_points.h"
#include "media/frame_times.h"
#include "media/nvdec.h"
#include "media/picture.h"
#include "media/segmenter.h"
#include "media/sender_clock.h"
#include "media/source.h"

namespace saccade::media {

/// What a container says of a stream before a picture was decoded.
void set_declared(StreamInfo& info, const Demuxer& demuxer);

/// One thread at a time. Errors: out_of_memory; unsupported and unavailable where opened.
class PictureReader {
  public:
    enum class Step {
        taken,
        hungry,    ///< send a packet
        crossed,   ///< the next picture is of the segment that was told by go_on(): enter() it
        drained,   ///< after the end
        doubtful,  ///< something is wrong, or may be, behind the pictures taken so far: see
                   ///< Mode::fast
    };
    /// Pictures are the same from any decoder, with any number of threads, as long as nothing is
    /// wrong. What a decoder makes of damage depends on its threads and on what it decoded before.
    enum class Mode {
        fast,  ///< ends at the first sign of damage, in front of it: the stream is then to be read
               ///< again
        careful,  ///< by one thread, from the stream's start: what it gives of damage is what
                  ///< counts
        once,     ///< a stream that can't be read again: as it comes
    };

    explicit PictureReader(const SourceOptions& options) : options_(options) {}

    /// Opens the decoder, on the GPU where the options name one and it can, and fills what of
    /// `info` follows from that and from the container.
    Result<void> open(const Demuxer& demuxer, StreamInfo& info);
    /// A further decoder for the stream of `first`, which has a picture; to be opened before it is
    /// used.
    void follow(const PictureReader& first);
    Result<void> open_decoder(const Demuxer& demuxer);
    /// Carefully, from the start of another demuxer of the same stream; its first pictures, so
    /// many, were taken before.
    Result<void> read_again(const Demuxer& demuxer, std::uint64_t taken);
    [[nodiscard]] bool is_open() const noexcept { return decoder_.has_value(); }

    /// To be called before the packets of each segment; the one before was drained.
    void start(const Segment& segment);

    /// Whether another segment's packets may follow this one's without an end between them, where
    /// an entry point begins a new sequence by itself, as IDR pictures do. For draining costs:
    /// libavcodec sets an H.264 decoder up anew after it, which takes NVDEC a quarter of a second.
    [[nodiscard]] bool can_go_on() const noexcept;
    /// Packets of a further segment follow, shown from `begin` on.
    void go_on(std::int64_t begin) noexcept { next_begin_ = begin; }
    /// Pictures are of this segment from now on.
    void enter(const Segment& segment);
    /// Takes from the segment whose packets are sent what may be known only when it was read on.
    void bound(const Segment& segment) noexcept {
        end_ = segment.end;
        last_ = segment.last;
    }
    /// nullptr: the end of a segment.
    Result<void> send(const AVPacket* packet);
    /// Takes one picture, if there is one, or says what is needed for more.
    Result<Step> step();

    /// What was read, in order, to be taken from the front.
    [[nodiscard]] std::deque<SourceEvent>& events() noexcept { return events_; }
    /// As of the latest event.
    [[nodiscard]] const StreamInfo& info() const noexcept { return latest_; }
    [[nodiscard]] bool has_pictures() const noexcept { return started_; }
    [[nodiscard]] const DamageReport& damage() const noexcept { return damage_; }
    /// To be called when a segment is drained. False, in Mode::fast, if it was damaged behind its
    /// last picture.
    bool finish_part();
    /// Pictures of the current segment.
    [[nodiscard]] std::uint64_t pictures() const noexcept { return pictures_of_part_; }
    /// To be called when no picture of a segment follows: those whose times were open are handed
    /// out.
    void settle_times();
    [[nodiscard]] tl::unexpected<Error> no_memory() const;

  private:
    Result<void> take();
    Result<void> take_time(Frame frame, std::optional<std::int64_t> timestamp,
                           std::int64_t duration);
    void add(SourceEvent event);
    void hand_out();
    void lose(const std::string& what);
    void note_start(const AVPacket& packet);
    void stamp(Frame& frame, std::int64_t shown) const;
    [[nodiscard]] bool mended();
    [[nodiscard]] bool plain_time();
    void start_times(const Demuxer& demuxer);
    [[nodiscard]] bool doubtful() {
        return mode_ == Mode::fast && (doubtful_ || decoder_->take_damage());
    }

    const SourceOptions options_;
    StreamInfo latest_;
    std::string not_on_gpu_;        ///< why
    std::unique_ptr<Nvdec> nvdec_;  // outlives the decoder
    std::optional<Decoder> decoder_;
    std::optional<FrameTimes> times_;
    std::optional<DuePictures> due_;
    std::optional<SenderClock> sender_;  ///< of live streams
    TimeBase base_;
    PictureMaker pictures_;
    AvFrame decoded_{av_frame_alloc()};
    DamageReport damage_;
    std::deque<SourceEvent> events_;
    std::deque<SourceEvent> untimed_;  ///< the first is a frame whose time is not known yet
    std::vector<Timestamp> ready_;     ///< times of its frames, of the first ones
    Mode mode_ = Mode::once;
    bool doubtful_ = false;           ///< in Mode::fast
    std::uint64_t taken_before_ = 0;  ///< pictures to be left out
    std::uint64_t next_index_ = 0, pictures_of_part_ = 0;
    std::optional<std::int64_t>
        begin_;  ///< when a segment's first picture is to be shown, until it came
    std::optional<std::int64_t> end_;  ///< pictures shown from there on are not of this segment
    bool last_ = false;                ///< no segment follows
    std::optional<std::int64_t>
        next_begin_;        ///< when the first picture of go_on()'s segment is shown
    bool pending_ = false;  ///< it is in decoded_
    bool any_ = false;
    bool started_ = false;  ///< a frame was handed out
    bool joined_ = false;   // what comes before can't be decoded, and is no damage
    bool leading_ = false;  // the packet sent last refers to pictures before the stream
    // H.264 that begins at a recovery point, up to the next key packet: pictures there unmark
    // references to pictures before the stream, which is logged as an error and is none.
    bool recovering_ = false;
    std::optional<EntryPoints> entries_;  // until the first key packet
    bool losing_ = false;                 // since the latest frame: one event a damaged place
    bool input_ended_ = false;
    int errors_after_end_ = 0;
};

}  // namespace saccade::media
