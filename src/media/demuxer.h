// Opens a container and hands out the packets of its one video stream.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "media/byte_reader.h"
#include "media/container_extent.h"
#include "media/libav.h"
#include "media/orientation.h"
#include "media/pixel_aspect.h"
#include "saccade/error.h"

namespace saccade::media {

/// More px than this in one picture is taken for damage (16384 x 8192 fits).
inline constexpr std::int64_t max_pixels = std::int64_t{1} << 27;

/// One thread at a time.
class Demuxer {
  public:
    /// `stopped` is asked while I/O waits. Errors: see open_source.
    static Result<std::unique_ptr<Demuxer>> open(const std::string& location,
                                                 std::function<bool()> stopped);
    Demuxer(const Demuxer&) = delete;
    Demuxer& operator=(const Demuxer&) = delete;
    ~Demuxer();

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
    /// What is certain of a file that ends too early, "" if nothing.
    [[nodiscard]] std::string truncation() const;
    /// The system's word on a failed read, "" if none failed.
    [[nodiscard]] std::string io_failure() const;

  private:
    explicit Demuxer(std::string location, std::function<bool()> stopped);
    Result<void> open_container();
    Result<void> choose_stream();
    tl::unexpected<Error> not_media(int code) const;
    tl::unexpected<Error> index_at_end() const;
    [[nodiscard]] bool is_past_pictures() const;
    [[nodiscard]] ReadAt read_at() const;

    std::string location_;
    std::string name_;  ///< for messages
    std::function<bool()> stopped_;
    bool live_ = false;
    std::unique_ptr<ByteReader> reader_;  // of local files and standard input
    AVFormatContext* format_ = nullptr;   // before reader_ in destruction
    const AVStream* stream_ = nullptr;
    const AVCodec* decoder_ = nullptr;
};

/// Square where a ratio is unknown or beyond any sense.
PixelAspect pixel_aspect_of(AVRational ratio) noexcept;

}  // namespace saccade::media
