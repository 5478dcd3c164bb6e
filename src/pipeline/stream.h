// One stream from opening to its finished outputs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "core/size.h"
#include "pipeline/closer.h"
#include "pipeline/detector_pool.h"
#include "pipeline/helpers.h"
#include "pipeline/pipeline.h"
#include "pipeline/stream_place.h"
#include "saccade/snapshot.h"

namespace saccade::pipeline {

/// What streams of a pipeline share; all outlive them.
struct Shared {
    DetectorPool& pool;
    Closer& closer;  ///< gets their decoders, and their place in the memory with them
    Helpers& helpers;
    const PipelineOptions& options;
    Progress& progress;
};

/// Opens the stream for a device of the pool's, binds it to the detector for its size, waits until
/// there is memory for its decoder, decodes on the thread that calls run(), and tracks and writes
/// on two more. Whatever it waits for, it hears stop(): frames under way then get grace_period to
/// be written, the rest is dropped. Only a sink, a tracker or the callers' own call that does not
/// return can hold it up.
class Stream {
  public:
    static constexpr std::chrono::milliseconds grace_period{500};

    Stream(StreamJob job, std::uint32_t number, const Shared& shared);
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream();

    /// From opening to the end. Once.
    StreamReport run();

    /// Any thread, at any time.
    void stop() noexcept { stop_.request_stop(); }
    [[nodiscard]] std::stop_token stop_token() const noexcept { return stop_.get_token(); }
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    /// Whether run() is over, which is waited for until then.
    bool wait_ended(std::chrono::steady_clock::time_point until) const;
    [[nodiscard]] bool ended() const;
    /// As things stand: complete once it has ended.
    [[nodiscard]] StreamReport report() const;
    /// Likewise, for display; all but what the public API alone knows.
    void look(StreamSnapshot& snapshot) const;
    /// The device that was chosen for it.
    [[nodiscard]] std::optional<std::size_t> device() const;
    /// For run()'s caller, once all that belongs to the stream's end is done.
    void set_ended();

  private:
    struct Stages;
    using Time = std::chrono::steady_clock::time_point;

    /// False where the stream ends here: end_ says why.
    bool open();
    Result<InferStage*> bind(Size source);
    Result<std::size_t> admit(media::StreamInfo declared, bool on_device);
    bool begin_sinks(const media::StreamInfo& info);
    void start(const media::StreamInfo& info);
    void decode();
    void drain();
    void close_decoders();
    void judge();
    void finish_sinks();
    void give_up();
    void enter(StreamState state);
    void end(StreamStatus status, std::optional<Error> error = {});
    /// Blocks until `done`, which is set under mutex_; once a stop was requested for the rest of
    /// grace_period at most. False where that was over.
    bool wait(const bool& done);
    [[nodiscard]] std::chrono::nanoseconds grace() const;

    const StreamJob job_;
    /// Said by a live source, also while it is opened.
    const std::shared_ptr<media::LiveStatus> live_ = std::make_shared<media::LiveStatus>();
    const std::uint32_t number_;
    const Shared shared_;
    std::stop_source stop_;
    std::shared_ptr<StreamPlace> place_;  ///< until its decoders are gone
    std::optional<OpenedStream> opened_;
    InferStage* stage_ = nullptr;
    std::size_t device_ = 0;
    std::size_t capacity_;                 ///< of its queue in front of the detector, frames
    std::optional<Outage> outage_at_end_;  ///< of a live source that was left in one
    std::chrono::nanoseconds loading_{0};  ///< spent on waiting for the network
    const Time added_ = std::chrono::steady_clock::now();
    Time start_ = added_;  ///< loading not counted
    std::optional<LaneScope> scope_;

    mutable std::mutex mutex_;  ///< of what follows
    mutable std::condition_variable changed_;
    StreamState state_ = StreamState::opening;
    StreamReport report_;
    std::optional<std::uint64_t> frames_expected_;
    std::optional<Time> stopped_;  ///< when a stop was requested
    Time ended_{};
    std::unique_ptr<Stages> stages_;
    InferStage* bound_ = nullptr;             ///< as stage_
    std::optional<std::size_t> chosen_;       ///< as device_
    bool tracked_ = false, written_ = false;  ///< the two threads are over

    const std::stop_callback<std::function<void()>> on_stop_;  ///< last: it uses what is above
};

}  // namespace saccade::pipeline
