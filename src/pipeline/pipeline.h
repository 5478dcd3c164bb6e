// Runs streams through decode, detection, tracking and sinks, overlapped.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "detect/detector.h"
#include "media/source.h"
#include "memory/governor.h"
#include "pipeline/appearance.h"
#include "pipeline/controls.h"
#include "pipeline/devices.h"
#include "pipeline/motion.h"
#include "pipeline/motion_gate.h"
#include "pipeline/refine.h"
#include "pipeline/report.h"
#include "sink/sink.h"
#include "trace/trace.h"
#include "track/tracker.h"

namespace saccade::pipeline {

/// Rewrites a stream's results between tracker and sinks, perhaps holding some back for a while.
/// Frames go in and come out once each and in order. Used on the stream's track thread.
class ResultFilter {
  public:
    ResultFilter() = default;
    ResultFilter(const ResultFilter&) = delete;
    ResultFilter& operator=(const ResultFilter&) = delete;
    virtual ~ResultFilter() = default;

    virtual void push(FrameResult result, std::vector<FrameResult>& ready) = 0;
    /// The stream's end: appends all that are left.
    virtual void flush(std::vector<FrameResult>& ready) = 0;
    /// The most frames it ever holds back.
    [[nodiscard]] virtual std::size_t delay() const noexcept = 0;
};

/// Changes a stream's pictures before anybody outside of the engine gets them. Sink thread.
class FrameEditor {
  public:
    FrameEditor() = default;
    FrameEditor(const FrameEditor&) = delete;
    FrameEditor& operator=(const FrameEditor&) = delete;
    virtual ~FrameEditor() = default;

    /// The picture that sinks and callbacks get in the place of `frame`, which may have no pixels.
    /// A failure is the stream's: then nobody gets any.
    virtual Result<Frame> edit(const FrameResult& result, const Frame& frame) = 0;
};

/// A stream's own parts, made when its turn comes.
struct OpenedStream {
    std::unique_ptr<media::Source> source;
    /// Further decoders of the same stream (media::open_sources): only where nothing behind
    /// detection looks at pixels in order. Each has a thread of its own.
    std::vector<std::unique_ptr<media::Source>> beside;
    std::unique_ptr<track::Tracker> tracker;        ///< none where only detections are wanted
    std::unique_ptr<MotionEstimator> motion;        ///< may be none
    std::unique_ptr<AppearanceEncoder> appearance;  ///< may be none
    std::unique_ptr<ResultFilter> filter;           ///< may be none
    std::unique_ptr<FrameEditor> editor;            ///< may be none
    std::vector<std::unique_ptr<sink::Sink>> sinks;
    /// Time between two frames over which identities are kept in any case. Where far more passes
    /// than is usual, the tracker is reset.
    std::chrono::nanoseconds patience = std::chrono::seconds(10);
    /// Which frames are looked at, where not all are: those of a stream with one decoder.
    std::optional<MotionGateOptions> gate = std::nullopt;
};

/// What a stream is opened with.
struct StreamTicket {
    std::uint32_t stream = 0;  ///< its number
    std::size_t device = 0;    ///< that was chosen for it
    std::stop_token stop;      ///< of this stream: opening has to end soon, as interrupted
    std::size_t streams = 1;   ///< that share the device, or will
    /// For a live source to say how it stands, also while it is opened; may be none.
    std::shared_ptr<media::LiveStatus> live = nullptr;
    /// To be called, where that can be, before the decoder takes memory: loads the network for the
    /// stream's size and waits until there is room. `on_device`: whether the decoder's memory is
    /// the network's. Returns how many of the declared decoders may share the stream. On an error
    /// opening has to end with it.
    std::function<Result<std::size_t>(const media::StreamInfo& declared, bool on_device)> admit;
};

/// A stream to run. All calls are on threads of the pipeline's.
struct StreamJob {
    std::string name;
    std::function<Result<OpenedStream>(const StreamTicket& ticket)> open;
    /// For every frame, in order, after its sinks, on the stream's sink thread. May block, and then
    /// has to return false soon after `stop` was requested. None: nobody is told.
    std::function<bool(const FrameResult& result, const Frame& frame, const std::stop_token& stop)>
        on_result = {};
    bool keep_pixels = false;                            ///< for on_result
    std::shared_ptr<const Controls> controls = nullptr;  ///< none: all frames, all detections
};

struct PipelineOptions {
    std::size_t queue = 32;  ///< capacity of each queue, frames
    /// Run at once, further ones wait their turn; 0: as many as there are (Pipeline::add). Memory
    /// is shared out by it.
    std::size_t streams = 1;
    std::size_t held = 0;  ///< largest delay of the streams' filters, frames
    int batch = 0;         ///< images a batch, 0: the detector's largest
    std::chrono::nanoseconds max_wait = std::chrono::milliseconds(100);
    std::chrono::nanoseconds target_p99{0};  ///< of live frames, as BatcherOptions; 0: none
    memory::GovernorOptions
        governor;              ///< of each detector's memory; limits are those of the devices
    RefineOptions refine;      ///< second looks at parts of frames
    Tracer* tracer = nullptr;  ///< records the run; outlives it
    /// Told of each job's end at once, on one of the pipeline's threads; may be none.
    std::function<void(std::size_t job, const StreamReport& report)> on_stream_done = {};
};

/// Read from any thread while the pipeline runs.
struct Progress {
    std::atomic<std::uint64_t> frames{0};  ///< written, all streams
    std::atomic<std::int64_t> objects{0};  ///< tracks (or detections) in the latest frames
    std::atomic<std::uint64_t> streams_done{0};
    std::atomic<std::uint64_t> frames_expected{0};  ///< as containers say; 0 where unknown
};

/// Called on the stream's sink thread for every frame, in order, after its sinks.
using ResultCallback = std::function<void(const std::string& stream, const FrameResult&)>;

class DetectorPool;
class Closer;
class Helpers;
class Stream;

/// Streams at work on devices, for as long as it lives: they come and go. Detectors are made by the
/// first stream that needs one, and stay; a stream goes to the device with the fewest live ones.
/// One failing stream fails alone. Any thread.
///
/// Threads: one a stream (one a decoder) for decoding, one for tracking, one for sinks; one a
/// detector; one while a detector is made; a few for the camera's motion (Helpers), shared by all.
class Pipeline {
  public:
    /// `devices` and `progress` outlive this.
    Pipeline(Devices& devices, PipelineOptions options, Progress& progress);
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;
    /// As close().
    ~Pipeline();

    /// Runs a stream on the calling thread until it is done, has failed, or `stop` was requested:
    /// then its source is left, frames under way are written, and the outputs finished as
    /// interrupted. `number` is in its frames' ids, here and below; no other stream has or had it,
    /// and it is under 2^31.
    StreamReport run(StreamJob job, std::uint32_t number, std::stop_token stop);

    /// Runs a stream on a thread of its own. `ended` is called there at its end.
    std::shared_ptr<Stream> add(StreamJob job, std::uint32_t number,
                                std::function<void(const StreamReport& report)> ended = {});

    /// Gives back the threads of streams that have ended.
    void reap();
    /// Streams whose threads are not over: those that run, and those that could not be stopped.
    [[nodiscard]] std::size_t unfinished() const;

    /// Stops all streams and waits for all threads, those too that something blocks.
    void close();

    [[nodiscard]] const DetectorPool& pool() const noexcept { return *pool_; }
    [[nodiscard]] const Devices& devices() const noexcept { return devices_; }
    /// Of devices; its streams are the callers'.
    [[nodiscard]] RunReport report() const;

  private:
    struct Running {
        std::shared_ptr<Stream> stream;
        std::jthread thread;
    };
    Devices& devices_;
    const PipelineOptions options_;
    Progress& progress_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::unique_ptr<DetectorPool> pool_;
    std::unique_ptr<Closer> closer_;
    std::unique_ptr<Helpers> helpers_;
    mutable std::mutex mutex_;
    std::list<Running> running_;
    bool closed_ = false;
};

/// Runs all jobs, `options.streams` at once, and returns when they are done, have failed, or `stop`
/// was requested: see Pipeline.
RunReport run(std::span<const StreamJob> jobs, Devices& devices, const PipelineOptions& options,
              std::stop_token stop, Progress& progress, const ResultCallback& on_result = {});

}  // namespace saccade::pipeline
