// Where frames come from: one open file, image sequence, pipe or camera.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/frame.h"
#include "media/image_names.h"
#include "media/pixel_aspect.h"
#include "saccade/bad_image.h"
#include "saccade/error.h"
#include "saccade/live.h"
#include "saccade/types.h"

namespace saccade::media {

class PacketTap;

/// What is known of a stream before its first frame.
struct StreamInfo {
    std::string name;           ///< as the user gave it, secrets masked; for messages and results
    std::string codec;          ///< FFmpeg's short name: "h264", "hevc", "mjpeg" ...
    std::string decoder;        ///< what decodes: "h264 (software, 2 threads)" ...
    std::size_t decoders = 1;   ///< that work on it at once: see open_sources
    int width = 0, height = 0;  ///< px, upright
    double frame_rate = 0;      ///< average, Hz; 0 where unknown
    std::optional<std::uint64_t> frame_count;  ///< as the container says: a hint for progress only
    std::optional<Timestamp> duration;
    bool live = false;  ///< paced by the outside: may drop, can't seek
    PixelFormat format = PixelFormat::i420;
    ColorSpec color;
    PixelAspect pixel_aspect;                  ///< upright, of the first picture
    Timestamp start{0};                        ///< of the first picture, by the file's clock
    std::shared_ptr<const ImageNames> images;  ///< where frames are image files; else none
};

/// From the next frame on the size, format or colour differs.
struct FormatChanged {
    StreamInfo info;
};

/// The frames that follow, up to PartEnds, are all those of this part of the stream: see
/// open_sources. Parts are shown in the order of their numbers. After one that was damaged a later
/// one begins that gives all that is behind its frames, again; parts between the two are void, with
/// frames that were or will be read.
struct PartBegins {
    std::uint64_t number = 0;  ///< from 0
};
struct PartEnds {
    std::optional<std::uint64_t>
        next;  ///< the part that follows, if not the one with the next number
};

/// Data was lost or damaged here; frames go on behind it.
struct Discontinuity {
    std::string reason;
    std::optional<BadImage> image = std::nullopt;  ///< where it is an image file that is no good
    std::optional<Outage> outage =
        std::nullopt;  ///< of a live source that gave nothing for a while; ends with the next frame
};

/// No frame follows. `damage` is empty after a whole stream; else one line that says what could not
/// be read (a truncated file, say): what came before it is good.
struct End {
    std::string damage;
};

using SourceEvent = std::variant<Frame, FormatChanged, PartBegins, PartEnds, Discontinuity, End>;

/// An opened stream. read() is called from one thread at a time; interrupt() from any.
class Source {
  public:
    Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    virtual ~Source() = default;

    [[nodiscard]] virtual const StreamInfo& info() const noexcept = 0;

    /// The next event, in presentation order; blocks. Frame::id.index counts from 0 (images: it is
    /// the file's place, so that those left out leave a gap), its stream is `stream` of the
    /// options; pts is by the file's own clock and never goes backwards; Frame::file is set for
    /// images. After End or an error, End again. Errors: interrupted; out_of_memory; anything that
    /// leaves no way to go on.
    virtual Result<SourceEvent> read() = 0;

    /// Makes a blocked or later read() return `interrupted` soon.
    virtual void interrupt() noexcept = 0;

    /// What a live source that was left while it gave nothing has to say of that. After the last
    /// read(), by its thread.
    [[nodiscard]] virtual std::optional<Outage> outage_at_end() const { return std::nullopt; }
};

/// How a live source stands, as it tells those who look. Made before it is opened, which may take
/// for ever. Any thread.
class LiveStatus {
  public:
    /// The source's: none where it turns out to be no live one. `look` may be called until then,
    /// and after the source is gone.
    void set(std::function<LiveView()> look) {
        std::lock_guard lock(mutex_);
        look_ = std::move(look);
    }
    /// Nothing of a source that is not live.
    [[nodiscard]] std::optional<LiveView> view() const {
        std::lock_guard lock(mutex_);
        if (!look_) return std::nullopt;
        return look_();
    }

  private:
    mutable std::mutex mutex_;
    std::function<LiveView()> look_;
};

/// How a camera is opened, and when its connection is given up.
struct LiveInput {
    std::string rtsp_transport = "tcp";       ///< or "udp"
    std::chrono::milliseconds timeout{5000};  ///< of one answer, as far as protocols have such
    std::string login;  ///< "user:password", percent-encoded, for URLs that have none; never told
    /// Asked while I/O waits and between packets; true ends what is under way. May be none.
    std::function<bool()> gives_up = {};
};

struct SourceOptions {
    std::uint32_t stream = 0;  ///< number given to its frames
    int cuda_device = -1;      ///< GPU to decode on and leave frames on where it can; -1: the host
    int decoder_threads = 0;   ///< 0: as many as the codec makes use of on this machine
    double image_rate = 30;    ///< Hz, for image sequences, which carry no time
    /// Names of a location that is an image, one of several of a run; none: a source names its own.
    std::shared_ptr<const ImageNames> images;
    /// Who sees the packets of files and cameras as they are read. (A damaged file that is read
    /// again is seen once.)
    std::vector<std::shared_ptr<PacketTap>> taps = {};
    std::shared_ptr<const LiveInput> live;  ///< as a camera, with low delay; none: as a file
    std::stop_token stop;  ///< as interrupt(), but already while open_source waits for data
    /// Called once before a decoder takes memory, on open_source's thread, with what the container
    /// says of the stream; may block, and refuse with an error, which open_source returns. Returns
    /// how many of the declared decoders there is room for, 1 or more. Not called for images and
    /// generated scenes, which decode one picture at a time.
    std::function<Result<std::size_t>(const StreamInfo& declared)> before_decoder;
};

/// Opens one location: a media file, an image, a directory of images (sorted by name), a pattern
/// with * or ?, "-" for standard input, or a URL that libavformat knows.
/// Errors: not_found, unreadable, corrupt (not media), unsupported (no video stream, no decoder),
/// interrupted (by options.stop).
Result<std::unique_ptr<Source>> open_source(const std::string& location,
                                            const SourceOptions& options);

/// As open_source, with up to `decoders` decoders that work on different parts of the stream at
/// once, each a source to be read on a thread of its own: all of them, at the same time, to their
/// ends. Together they give the frames and times that one source would, each in one of its parts
/// that are not void; within a part, in order. Also of a damaged stream: one of them reads it
/// again, from where that matters. Indices are foretold from packets, and off behind those that
/// gave no frame (damage, hidden pictures). One that can't keep up holds the others back after a
/// few parts. End comes when all are done, and tells of all damage. interrupt() of one is for all.
/// A single source, without parts, where `decoders` is 1 or the stream can't be cut with certainty:
/// images, live streams, codecs in which every picture depends on others.
Result<std::vector<std::unique_ptr<Source>>> open_sources(const std::string& location,
                                                          const SourceOptions& options,
                                                          std::size_t decoders);

}  // namespace saccade::media
