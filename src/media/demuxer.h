// Opens a container and hands out the packets of its one video stream.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/byte_reader.h"
#include "media/container_extent.h"
#include "media/libav.h"
#include "media/orientation.h"
#include "media/packet_tap.h"
#include "media/pixel_aspect.h"
#include "media/source.h"
#include "saccade/error.h"

namespace saccade::media {

/// More px than this in one picture is taken for damage (16384 x 8192 fits).
inline constexpr std::int64_t max_pixels = std::int64_t{1} << 27;

/// Of the error where a host wants another user or password.
inline constexpr std::string_view refused_remedy =
    "check user and password: in the URL, in SACCADE_CAMERA_LOGIN or in the file of --credentials";

/// One thread at a time.
class Demuxer {
  public:
    /// `stopped` is asked while I/O waits. Errors: see open_source.
    static Result<std::unique_ptr<Demuxer>> open(const std::string& location,
                                                 std::function<bool()> stopped,
                                                 std::shared_ptr<const LiveInput> live = nullptr);
    Demuxer(const Demuxer&) = delete;
    Demuxer& operator=(const Demuxer&) = delete;
    ~Demuxer();

    /// From here on they see what read() gives.
    void set_taps(std::vector<std::shared_ptr<PacketTap>> taps);

    /// 0, AVERROR_EOF at the end, AVERROR_EXIT when stopped, else what went wrong.
    int read(AVPacket& packet);

    [[nodiscard]] const AVStream& stream() const noexcept { return *stream_; }
    [[nodiscard]] const AVCodec& decoder() const noexcept { return *decoder_; }
    [[nodiscard]] double frame_rate() const noexcept;         ///< Hz, 0 where unknown
    [[nodiscard]] std::int64_t duration_ns() const noexcept;  ///< 0 where unknown
    [[nodiscard]] Orientation orientation() const noexcept;
    /// As coded: not turned by orientation().
    [[nodiscard]] PixelAspect pixel_aspect() const noexcept;
    /// Comes from a network or a device, paced by the outside.
    [[nodiscard]] bool live() const noexcept { return live_; }
    /// A plain file: another Demuxer reads the same again.
    [[nodiscard]] bool can_read_again() const noexcept { return reader_ && reader_->size(); }
    /// Of a kind that may begin anywhere in a stream: broadcasts, recordings of them, cameras.
    [[nodiscard]] bool joins() const noexcept;
    /// `before`: read the same file earlier.
    void follow(const Demuxer& before) noexcept { size_ = std::max(size_, before.size_); }
    /// What is certain of a file that ends too early, "" if nothing.
    [[nodiscard]] std::string truncation() const;
    /// What the container's reader could not make sense of, in words; "" if nothing. Of files:
    /// cameras are asked for more than they may have.
    [[nodiscard]] std::string nonsense() const;
    /// At the end: packets that the container's table has and that were not read, in words; "" if
    /// none.
    [[nodiscard]] std::string shortfall() const;
    /// The system's word on a failed read, "" if none failed.
    [[nodiscard]] std::string io_failure() const;

  private:
    Demuxer(std::string location, std::function<bool()> stopped,
            std::shared_ptr<const LiveInput> input);
    Result<void> open_container();
    [[nodiscard]] Result<const AVInputFormat*> device_format() const;
    Result<void> probe();
    [[nodiscard]] bool is_endless() const;
    Result<void> choose_stream();
    tl::unexpected<Error> not_media(int code) const;
    tl::unexpected<Error> index_at_end() const;
    [[nodiscard]] bool is_past_pictures() const;
    [[nodiscard]] ReadAt read_at() const;
    void note(const AVPacket& packet);
    [[nodiscard]] bool short_of_memory() const;

    std::string location_;
    std::string name_;  ///< for messages
    std::function<bool()> stopped_;
    std::shared_ptr<const LiveInput> input_;  ///< of what may be live
    bool live_ = false;
    std::unique_ptr<ByteReader> reader_;  // of local files and standard input
    std::unique_ptr<DamageWatch> watch_;  // of format_, which goes before it
    AVFormatContext* format_ = nullptr;   // before reader_ in destruction
    const AVStream* stream_ = nullptr;
    std::vector<std::shared_ptr<PacketTap>> taps_;
    std::int64_t size_ = 0;      ///< of the file when it was opened, bytes
    std::int64_t promised_ = 0;  ///< packets, as a table of the container has it; 0: no such
    std::int64_t packets_ = 0;   ///< read
    std::optional<std::int64_t> begin_, end_;  ///< of what is shown, in the stream's time base
    const AVCodec* decoder_ = nullptr;
};

/// Square where a ratio is unknown or beyond any sense.
PixelAspect pixel_aspect_of(AVRational ratio) noexcept;

}  // namespace saccade::media
