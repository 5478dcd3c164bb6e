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
#include "media/frame_times.h"
#include "media/nvdec.h"
#include "media/picture.h"
#include "media/segmenter.h"
#include "media/source.h"

namespace saccade::media {

/// What a container says of a stream before a picture was decoded.
void set_declared(StreamInfo& info, const Demuxer& demuxer);

/// One thread at a time. Errors: out_of_memory; unsupported and unavailable where opened.
class PictureReader {
  public:
    enum class Step {
        taken,
        hungry,   ///< send a packet
        crossed,  ///< the next picture is of the segment that was told by go_on(): enter() it
        drained,  ///< after the end
    };

    explicit PictureReader(const SourceOptions& options) : options_(options) {}

    /// Opens the decoder, on the GPU where the options name one and it can, and fills what of `info`
    /// follows from that and from the container.
    Result<void> open(const Demuxer& demuxer, StreamInfo& info);
    /// A further decoder for the stream of `first`, which has a picture; to be opened before it is used.
    void follow(const PictureReader& first);
    Result<void> open_decoder(const Demuxer& demuxer);
    [[nodiscard]] bool is_open() const noexcept { return decoder_.has_value(); }

    /// To be called before the packets of each segment; the one before was drained.
    void start(const Segment& segment);

    /// Whether another segment's packets may follow this one's without an end between them, where an entry
    /// point begins a new sequence by itself, as IDR pictures do. For draining costs: libavcodec sets an H.264
    /// decoder up anew after it, which takes NVDEC a quarter of a second.
    [[nodiscard]] bool can_go_on() const noexcept;
    /// Packets of a further segment follow, shown from `begin` on.
    void go_on(std::int64_t begin) noexcept { next_begin_ = begin; }
    /// Pictures are of this segment from now on.
    void enter(const Segment& segment);
    /// Pictures shown from `end` on, if any, are not of this segment. Known once it is whole.
    void bound(std::optional<std::int64_t> end) noexcept { end_ = end; }
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
    /// To be called when a segment is drained: damage behind its last picture.
    void finish_part();
    /// To be called when no picture of a segment follows: those whose times were open are handed out.
    void settle_times();
    [[nodiscard]] tl::unexpected<Error> no_memory() const;

  private:
    Result<void> take();
    void add(SourceEvent event);
    void hand_out();
    void lose(const std::string& what);

    const SourceOptions options_;
    StreamInfo latest_;
    std::string not_on_gpu_;        ///< why
    std::unique_ptr<Nvdec> nvdec_;  // outlives the decoder
    std::optional<Decoder> decoder_;
    std::optional<FrameTimes> times_;
    PictureMaker pictures_;
    AvFrame decoded_{av_frame_alloc()};
    DamageReport damage_;
    std::deque<SourceEvent> events_;
    std::deque<SourceEvent> untimed_;  ///< the first is a frame whose time is not known yet
    std::vector<Timestamp> ready_;     ///< times of its frames, of the first ones
    std::uint64_t next_index_ = 0;
    std::optional<std::int64_t> end_;
    std::optional<std::int64_t> next_begin_;  ///< when the first picture of go_on()'s segment is shown
    bool pending_ = false;                    ///< it is in decoded_
    bool any_ = false;
    bool started_ = false;                    ///< a frame was handed out
    bool seen_key_packet_ = false;  // what comes before can't be decoded, and is no damage
    bool losing_ = false;           // since the latest frame: one event a damaged place
    bool input_ended_ = false;
    int errors_after_end_ = 0;
};

}  // namespace saccade::media
