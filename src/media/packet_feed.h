// A stream's packets, dealt out to the decoders that share it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "core/mask_secrets.h"
#include "media/damage.h"
#include "media/demuxer.h"
#include "media/segmenter.h"
#include "media/stop_flag.h"

namespace saccade::media {

/// Each decoder claims a segment, reads it, and claims the next. Segments are read whole as a rule,
/// so that the next decoder can have its own at once; one that is too long keeps the others
/// waiting. Any thread.
class PacketFeed {
  public:
    /// Errors: as open_source.
    static Result<std::unique_ptr<PacketFeed>> open(
        const std::string& location, const std::stop_token& stop,
        std::shared_ptr<const LiveInput> live = nullptr);

    /// Who sees the packets as they are read; those that are read again() excepted.
    void set_taps(const std::vector<std::shared_ptr<PacketTap>>& taps) { demuxer_->set_taps(taps); }

    /// How many decoders may share the stream, at most `wanted`: one where it can't be cut or must
    /// not be read ahead. Before the first claim().
    std::size_t share(std::size_t wanted, const SegmenterOptions& options = {});
    /// A further decoder takes part: finish() waits for it too.
    void join();

    /// Blocks while another decoder reads a segment piece by piece, or until those that are far
    /// behind have caught up. None where the stream is over or stopped.
    std::optional<Segment> claim();
    /// As claim(), but none where it would have to wait.
    std::optional<Segment> try_claim();
    /// More packets for a claimed segment that is not whole.
    void more(Segment& segment);
    /// A claimed segment was decoded to its end, or as far as it counts, and gave so many pictures.
    void done(const Segment& segment, std::uint64_t pictures);

    /// What comes behind the pictures of a claimed segment that were handed out can't be trusted.
    /// It is then done(), no further segment is given out, those behind it are void, and one
    /// decoder reads the stream again. Returns the number of the segment that stands for the rest.
    std::uint64_t doubt(const Segment& segment);
    /// Whether a claimed segment stands behind one that was doubted.
    [[nodiscard]] bool is_void(const Segment& segment) const noexcept {
        return segment.number > doubted_;
    }

    /// The stream is to be read again, from its start.
    struct Again {
        std::uint64_t taken = 0;    ///< pictures that were handed out before
        std::uint64_t segment = 0;  ///< the number for what is behind them
    };
    /// How the work of all decoders ended.
    struct Ending {
        std::string damage;          ///< "" or one line
        std::optional<Again> again;  ///< told to one of them, which conclude()s for the others
    };
    /// A decoder has nothing more to do. Blocks until that is true of all; nothing where the stream
    /// was stopped before. `found`: what it found damaged.
    std::optional<Ending> finish(const DamageReport& found);
    void conclude(const std::string& damage);
    /// The same stream from its start, for one decoder. stop() of either is for both.
    [[nodiscard]] Result<std::unique_ptr<PacketFeed>> again() const;

    /// Whether the stream is still being cut.
    [[nodiscard]] bool splits() const;
    /// What ended reading, if not the stream's end: a code of libav, or 0.
    [[nodiscard]] int failure() const;
    /// Makes all calls that block return, for all decoders: what one gives up the others can't
    /// finish.
    void stop() noexcept;
    [[nodiscard]] bool stopped() const noexcept { return (*stop_)(); }
    /// What the container says. Decoders are opened while this is held.
    [[nodiscard]] const Demuxer& demuxer() const noexcept { return *demuxer_; }
    [[nodiscard]] std::unique_lock<std::mutex> hold() { return std::unique_lock(mutex_); }

  private:
    PacketFeed(std::string location, std::shared_ptr<StopFlag> stop)
        : location_(std::move(location)), name_(mask_url(location_)), stop_(std::move(stop)) {}
    static Result<std::unique_ptr<PacketFeed>> open(const std::string& location,
                                                    std::shared_ptr<StopFlag> stop,
                                                    std::shared_ptr<const LiveInput> live);
    [[nodiscard]] bool far_ahead() const;
    [[nodiscard]] bool doubted() const noexcept { return doubted_ != no_segment; }
    [[nodiscard]] std::uint64_t pictures_that_count() const;
    void note_whole();
    std::optional<Segment> next_segment();
    template <typename Done>
    void wait(std::unique_lock<std::mutex>& lock, Done done);

    const std::string location_, name_;  ///< name_: for messages
    std::shared_ptr<StopFlag> stop_;
    std::unique_ptr<Demuxer> demuxer_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Segmenter> segmenter_;
    std::size_t decoders_ = 1, busy_ = 1;
    std::uint64_t next_ = 0;             ///< segment to be claimed
    std::set<std::uint64_t> open_;       ///< claimed and not done
    std::optional<std::uint64_t> held_;  ///< being read piece by piece
    static constexpr std::uint64_t no_segment = UINT64_MAX;
    std::atomic<std::uint64_t> doubted_ = no_segment;  ///< the first that was
    std::map<std::uint64_t, std::uint64_t> pictures_;  ///< of segments that are done
    DamageReport damage_;
    std::optional<std::string> conclusion_;
    bool again_ = false;  ///< one decoder was told to read again
};

}  // namespace saccade::media
