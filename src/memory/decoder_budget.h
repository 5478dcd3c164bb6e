// Whether there is memory for one more decoder: estimated first, measured from then on.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "media/source.h"
#include "memory/probe.h"

namespace saccade::memory {

/// What a stream's decoder, with the frames that wait behind it, takes of its device.
struct DecoderNeed {
    std::string kind;       ///< streams of one kind take the same: codec, size, format, decoders
    std::size_t bytes = 0;  ///< estimated; 0: its frames are not in this device's memory
    /// Of its pictures that batches under way can hold, once for all streams: kept free for them.
    std::size_t under_way = 0;
};

/// Bytes of one of its pictures.
std::size_t frame_bytes(const media::StreamInfo& info);

/// Frames that the stream may have waiting on a device with a limit (0: none): `most`, or as many
/// as fit in its share of an eighth of the memory, but four.
std::size_t queue_capacity(const media::StreamInfo& info, std::size_t most, std::size_t limit,
                           std::size_t streams);

/// How many of `info.decoders` may share the stream: as many as fit in its share of `headroom`
/// (bytes for the decoders of all streams, none: no limit) beside `queued` frames, and one at
/// least.
std::size_t decoders_that_fit(const media::StreamInfo& info, std::size_t queued,
                              std::optional<std::size_t> headroom, std::size_t streams);

/// From the codec's reference pictures and `queued` frames of the stream's size and format.
DecoderNeed decoder_need(const media::StreamInfo& info, std::size_t queued);

/// Pure logic; one thread at a time. A stream is *settling* from its admission until its queues
/// have filled once: so long its need counts on top of what the device is seen to hold.
class DecoderBudget {
  public:
    /// Bytes; 0 for all there are. `probe` may be none: then all are admitted.
    DecoderBudget(std::size_t limit, Probe* probe) : limit_(limit), probe_(probe) {}

    /// Whether the stream may start to decode, which is then noted: it fits under 90 % of the limit
    /// (where the governor takes images off the batch), or no other one runs.
    bool admit(std::uint32_t stream, const DecoderNeed& need);
    /// Bytes that the decoders of all streams may take together: what is left under 90 % of the
    /// limit beside what the device held when no stream was open. None where there is no limit.
    std::optional<std::size_t> headroom();
    /// Its queues have filled: what the device holds more since is what such streams take.
    void settled(std::uint32_t stream);
    /// It is over and its memory free.
    void close(std::uint32_t stream);

    /// Bytes expected of such a stream: the least measured, else the estimate.
    [[nodiscard]] std::size_t expected(const DecoderNeed& need) const;
    [[nodiscard]] std::size_t open() const noexcept { return open_.size(); }

  private:
    struct Open {
        std::string kind;
        std::size_t bytes;
        bool settling;
    };

    [[nodiscard]] std::optional<std::size_t> allowed(const State& memory) const;
    [[nodiscard]] std::size_t settling_bytes() const;
    [[nodiscard]] bool any_settling() const;

    const std::size_t limit_;
    Probe* const probe_;
    std::map<std::uint32_t, Open> open_;
    std::map<std::string, std::size_t> measured_;  ///< by kind
    std::size_t held_by_networks_ = 0;  ///< what this process held when no stream was open
    /// Since none was settling: what the device held then, and what was admitted.
    std::size_t held_before_ = 0;
    std::deque<std::string> since_;
    bool measurable_ = true;  ///< no stream closed in the meantime
};

/// Streams wait here for their turn, first come first served, so that large ones don't starve. Any
/// thread.
class DecoderAdmission {
  public:
    DecoderAdmission(std::size_t limit, Probe* probe) : budget_(limit, probe) {}

    /// Blocks until there is room; looks again whenever a stream ends, and five times a second for
    /// what other programs free. False where `stop` was requested.
    bool wait(std::uint32_t stream, const DecoderNeed& need, std::stop_token stop);
    /// As DecoderBudget's.
    std::optional<std::size_t> headroom();
    void settled(std::uint32_t stream);
    /// Also for a stream that was never let in.
    void close(std::uint32_t stream);

    /// Streams that had to wait.
    [[nodiscard]] std::uint64_t waited() const;

  private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    DecoderBudget budget_;
    std::deque<std::uint32_t> queue_;
    std::uint64_t waited_ = 0, changes_ = 0;
};

}  // namespace saccade::memory
