// A stream's packets, dealt out to the decoders that share it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "media/damage.h"
#include "media/demuxer.h"
#include "media/segmenter.h"
#include "media/stop_flag.h"

namespace saccade::media {

/// Each decoder claims a segment, reads it, and claims the next. Segments are read whole as a rule,
/// so that the next decoder can have its own at once; one that is too long keeps the others waiting.
/// Any thread.
class PacketFeed {
  public:
    /// Errors: as open_source.
    static Result<std::unique_ptr<PacketFeed>> open(const std::string& location,
                                                    const std::stop_token& stop);

    /// How many decoders may share the stream, at most `wanted`: one where it can't be cut or must not
    /// be read ahead. Before the first claim().
    std::size_t share(std::size_t wanted, const SegmenterOptions& options = {});
    /// A further decoder takes part: finish() waits for it too.
    void join();

    /// Blocks while another decoder reads a segment piece by piece, or until those that are far behind
    /// have caught up. None where the stream is over or stopped.
    std::optional<Segment> claim();
    /// As claim(), but none where it would have to wait.
    std::optional<Segment> try_claim();
    /// More packets for a claimed segment that is not whole.
    void more(Segment& segment);
    /// A claimed segment was decoded to its end.
    void done(const Segment& segment);

    /// A decoder has nothing more to do. Blocks until that is true of all, and returns what they and the
    /// feed found damaged, "" or one line; nothing where the stream was stopped before.
    std::optional<std::string> finish(const DamageReport& found);
    /// Whether the stream is still being cut.
    [[nodiscard]] bool splits() const;
    /// What ended reading, if not the stream's end: a code of libav, or 0.
    [[nodiscard]] int failure() const;
    /// Makes all calls that block return, for all decoders: what one gives up the others can't finish.
    void stop() noexcept;
    [[nodiscard]] bool stopped() const noexcept { return stop_(); }
    /// What the container says. Decoders are opened while this is held.
    [[nodiscard]] const Demuxer& demuxer() const noexcept { return *demuxer_; }
    [[nodiscard]] std::unique_lock<std::mutex> hold() { return std::unique_lock(mutex_); }

  private:
    explicit PacketFeed(std::string name, const std::stop_token& stop)
        : name_(std::move(name)), stop_(stop) {}
    [[nodiscard]] bool far_ahead() const;
    std::optional<Segment> next_segment();
    template <typename Done>
    void wait(std::unique_lock<std::mutex>& lock, Done done);

    const std::string name_;
    StopFlag stop_;
    std::unique_ptr<Demuxer> demuxer_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Segmenter> segmenter_;
    std::size_t decoders_ = 1, busy_ = 1;
    std::uint64_t next_ = 0;            ///< segment to be claimed
    std::set<std::uint64_t> open_;      ///< claimed and not done
    std::optional<std::uint64_t> held_;  ///< being read piece by piece
    DamageReport damage_;
    bool whole_noted_ = false;
};

}  // namespace saccade::media
