// How a session's results reach the program: by a call, or through a queue.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>

#include "saccade/frame.h"
#include "saccade/snapshot.h"
#include "saccade/types.h"

namespace saccade {

/// One frame's results and, where StreamSettings::frames asks for it, the frame: a view of the
/// pixels that the engine itself read, on the host or on the device, without a copy. They stay as
/// they are for as long as a copy of `frame` lives, and keep a picture of the decoder's busy
/// meanwhile, so let go of it soon. On a GPU: after the work that reads them is done.
struct StreamResult {
    StreamId stream = 0;
    FrameResult result;
    Frame frame;  ///< without planes where frames are not asked for
};

/// What a full queue does.
enum class WhenFull {
    block,  ///< the stream waits, and presses back on its decoder (or drops, where it is live)
    drop_oldest,  ///< the oldest result goes, and is counted
};

/// A bounded queue of results, for one stream or for several that share it. Any thread. Made by the
/// caller, kept by shared_ptr until the last stream of it has ended.
class ResultQueue {
  public:
    explicit ResultQueue(std::size_t capacity = 64, WhenFull when_full = WhenFull::block)
        : capacity_(capacity == 0 ? 1 : capacity), when_full_(when_full) {}
    ResultQueue(const ResultQueue&) = delete;
    ResultQueue& operator=(const ResultQueue&) = delete;

    /// Blocks while it is empty. Nothing once it was closed and is empty.
    std::optional<StreamResult> pop();
    /// As pop(), for so long at most.
    std::optional<StreamResult> pop_for(std::chrono::nanoseconds duration);
    std::optional<StreamResult> try_pop();

    /// Takes no further results: what streams have from then on is dropped, and pop() returns
    /// nothing once what is there was taken. Session does not close it, since streams may come that
    /// share it.
    void close();

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    /// Results dropped because the queue was full.
    [[nodiscard]] std::uint64_t dropped() const;

    /// The engine's side. False where `stop` was requested, or the queue closed, before there was
    /// room.
    bool push(StreamResult result, const std::stop_token& stop);

  private:
    std::optional<StreamResult> take();

    const std::size_t capacity_;
    const WhenFull when_full_;
    mutable std::mutex mutex_;
    std::condition_variable_any not_full_;
    std::condition_variable not_empty_;
    std::deque<StreamResult> results_;
    std::uint64_t dropped_ = 0;
    bool closed_ = false;
};

}  // namespace saccade
