// Collects frames of many streams into batches for one device: fair, bounded, without drops unless
// a stream is live.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "core/frame.h"
#include "pipeline/motion.h"
#include "pipeline/wait_tuner.h"

namespace saccade::pipeline {

/// A frame on its way, with the times it passed the stages (for latency and profiles).
struct Item {
    Frame frame;
    std::chrono::steady_clock::time_point decoded, taken;
    std::uint64_t part = 0;    ///< of its stream: see media::PartBegins
    bool holds_credit = true;  ///< of its stream's, which release() gives back
    /// What lies in front of it; mostly none. It goes over to the next frame where this one is
    /// dropped.
    std::shared_ptr<Boundary> boundary = nullptr;
    /// Nothing moved since the frame before: it goes past the detector, in its turn. Not so any
    /// more where that one is dropped.
    bool carried = false;
    /// What was taken of it for the camera's motion; none where that isn't wanted.
    std::shared_ptr<MotionPicture> picture = nullptr;
    std::size_t put_by = 0;  ///< bytes that PartJoin counts for it
};

/// Adds what lies in front of a frame that is left out to what lies in front of the next one.
void pass_on(std::shared_ptr<Boundary> boundary, std::shared_ptr<Boundary>& next);

/// Frames of a live stream that were dropped before detection, by what was too slow.
struct Drops {
    std::uint64_t detector = 0;  ///< frames waited and the device took none
    std::uint64_t results = 0;   ///< the stream's tracker or sinks did not take its results
    [[nodiscard]] std::uint64_t total() const noexcept { return detector + results; }
};

struct BatcherOptions {
    std::size_t queue = 32;   ///< decoded frames a stream may have waiting
    std::size_t credit = 64;  ///< frames of a stream that may be taken and not yet released
    std::chrono::nanoseconds max_wait = std::chrono::milliseconds(100);  ///< for a batch to fill
    /// Within which 99 of 100 live frames are to be detected: they wait less where they are not. 0:
    /// none.
    std::chrono::nanoseconds target_p99{0};
};

/// Streams push from threads of their own; one thread takes batches. A stream whose results are not
/// consumed runs out of credit and is passed over, so it presses back on its own decoder and on
/// nobody else. Streams are taken from in turn, one frame each, urgent ones
/// before the others.
class Batcher {
  public:
    explicit Batcher(const BatcherOptions& options)
        : options_(options), tuner_(options.max_wait, options.target_p99) {}

    enum class Kind {
        file,
        live,    ///< drops its oldest waiting frame rather than block
        urgent,  ///< served first and at once, in batches that need not be full
    };
    /// Announces a stream. `capacity`: frames it may have waiting; 0: as the options say.
    void open(std::uint32_t stream, Kind kind, std::size_t capacity = 0);
    /// Hands in a frame of an open stream; blocks while its queue is full. False once the stream or
    /// the batcher is cancelled (the frame is dropped).
    bool push(Item item);
    /// The stream's producer is done; its waiting frames are still handed out.
    void finish(std::uint32_t stream);
    /// Drops the stream's waiting frames and refuses further ones.
    void cancel(std::uint32_t stream);
    /// A taken frame's detections were handed on to the stream's tracker.
    /// `latency`: since it was decoded.
    void delivered(std::uint32_t stream, std::chrono::nanoseconds latency = {});
    /// A taken frame has left the pipeline: gives its credit back.
    void release(std::uint32_t stream);
    /// Blocks, after finish() or cancel(), until every frame of the stream is delivered or dropped.
    void wait_drained(std::uint32_t stream);
    /// Likewise, but once `stop` was requested and the stream cancelled only for `grace` more.
    /// False where frames are still with the device.
    bool wait_drained(std::uint32_t stream, const std::stop_token& stop,
                      std::chrono::nanoseconds grace);
    /// Forgets a drained stream. Returns which frames it dropped because it was live.
    Drops close(std::uint32_t stream);
    /// The device failed: cancels all streams, now and in future, and delivers nothing more.
    void abort();

    /// Blocks until `max` frames are there, no stream can add any, it has waited max_wait for more,
    /// or a live stream's frame has waited that long since it was decoded, or an urgent one is
    /// there. Empty once shutdown() was called and nothing is waiting.
    std::vector<Item> next(std::size_t max);
    /// Without waiting: a batch of `max` or, where no stream can add any or a live stream's frame
    /// has waited for max_wait or an urgent one is there, what is there; else none.
    std::vector<Item> try_next(std::size_t max);
    /// Blocks until try_next() has a batch, or wake() was called since this last returned for it,
    /// or for a twentieth of a second; then none.
    std::vector<Item> next_or_woken(std::size_t max);
    /// Any thread.
    void wake();
    /// No further stream will be opened.
    void shutdown();

    [[nodiscard]] const BatcherOptions& options() const noexcept { return options_; }
    /// Frames waiting, of all streams.
    [[nodiscard]] std::size_t waiting() const;
    /// Of one, and which it has dropped so far.
    struct StreamState {
        std::size_t waiting = 0;
        Drops dropped;
    };
    [[nodiscard]] StreamState state(std::uint32_t stream) const;
    /// The most that ever waited in one stream's queue.
    [[nodiscard]] std::size_t peak() const;

  private:
    struct Stream {
        std::deque<Item> queue;
        std::size_t capacity = 0;
        std::size_t credit = 0;
        std::size_t undelivered = 0;  ///< taken, not delivered
        Drops dropped;
        Kind kind = Kind::file;
        bool finished = false, cancelled = false;
    };

    [[nodiscard]] std::size_t ready() const;
    [[nodiscard]] bool can_grow() const;
    [[nodiscard]] std::chrono::steady_clock::time_point due() const;
    [[nodiscard]] bool has_batch(std::size_t max) const;
    std::vector<Item> take(std::size_t max);
    void take_in_turn(std::vector<Item>& batch, std::size_t max, bool urgent);

    const BatcherOptions options_;
    mutable std::mutex mutex_;
    std::condition_variable producers_, consumer_, drained_;
    WaitTuner tuner_;
    std::map<std::uint32_t, Stream> streams_;
    std::uint32_t turn_ = 0;  ///< the stream served last: the next batch starts behind it
    std::size_t peak_ = 0;
    bool shutdown_ = false, aborted_ = false, woken_ = false;
};

}  // namespace saccade::pipeline
