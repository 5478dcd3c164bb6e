// Pictures that the program has itself, as a stream of a session.
//
//     auto feed = std::make_shared<saccade::FrameFeed>(saccade::FeedOptions{.name = "door", ...});
//     session.add(feed, stream_settings);
//     feed->push(picture);
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "saccade/error.h"
#include "saccade/frame.h"

namespace saccade {

struct FeedOptions {
    std::string name = "feed";  ///< of the stream, and of its outputs
    int width = 0, height = 0;  ///< of the first picture, px
    PixelFormat format = PixelFormat::rgb24;
    ColorSpec color;
    /// CUDA device of the pictures, which must be the one that the network runs on; -1: the host.
    int device = -1;
    double frame_rate = 0;  ///< Hz, for the headers of outputs; 0 where unknown
    /// Drop the oldest picture that waits for the detector rather than block push().
    bool live = false;
    std::size_t queue = 4;  ///< pictures that may wait in front of the stream's own queue
};

/// The owner of a picture's memory: `release` is called once, on any thread, when the engine and
/// all who were handed the frame have let go of it.
[[nodiscard]] std::shared_ptr<const void> released_by(std::function<void()> release);

/// One producer's end of a stream. Any thread; pictures in the order of their times.
class FrameFeed {
  public:
    explicit FrameFeed(FeedOptions options) : options_(std::move(options)) {}
    FrameFeed(const FrameFeed&) = delete;
    FrameFeed& operator=(const FrameFeed&) = delete;

    /// Hands in a picture: size, format, colour, planes, pts and owner are read of `frame`; its
    /// number is given here. Blocks while the queue is full. On a device the planes must be whole
    /// when this is called (synchronise the stream that writes them). The size, format and colour
    /// may change from one to the next; where they do, trackers and outputs are told. Errors:
    /// invalid_argument (planes that don't fit the format, a time before the last one, another
    /// device than the feed's); interrupted where the stream has ended. The picture is then let go
    /// of.
    Result<void> push(Frame frame);
    /// As push(), but waits for room so long at most: false where there was none, and `frame` is
    /// left as it was.
    Result<bool> push_for(Frame& frame, std::chrono::nanoseconds duration);
    /// Tells that data was lost in front of the next picture, as a camera does that missed some.
    void lose(std::string reason);
    /// No picture follows: the stream ends when those pushed are written.
    void end();

    [[nodiscard]] const FeedOptions& options() const noexcept { return options_; }

    /// The engine's side: what was pushed, with what lies in front of it.
    struct Pushed {
        Frame frame;
        std::string lost;  ///< reason; "" where nothing was
    };
    /// Blocks. Nothing at the end, or once it was interrupted.
    std::optional<Pushed> next();
    /// The stream has gone: push() fails from now on.
    void interrupt() noexcept;
    /// Whether next() returns nothing because of end(), not of interrupt().
    [[nodiscard]] bool at_end() const;
    /// True once: a feed is one stream's.
    [[nodiscard]] bool claim() noexcept;

  private:
    [[nodiscard]] Result<void> check(const Frame& frame) const;
    [[nodiscard]] bool has_room() const;
    Result<void> take(Frame& frame);

    const FeedOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable not_full_, not_empty_;
    std::deque<Pushed> queue_;
    std::string lost_;
    std::optional<Timestamp> latest_;
    std::uint64_t next_ = 0;
    bool ended_ = false, interrupted_ = false, claimed_ = false;
};

}  // namespace saccade
