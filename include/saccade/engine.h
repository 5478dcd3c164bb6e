// The engine as a library: sources in, tracks out, in one call.
//
//     saccade::Settings settings;
//     settings.save = {"jsonl"};
//     auto summary = saccade::run(saccade::Mode::track, settings, {"street.mp4"});
//     if (!summary) std::cerr << summary.error().line() << '\n';
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "saccade/bad_image.h"
#include "saccade/error.h"
#include "saccade/live.h"
#include "saccade/settings.h"
#include "saccade/status.h"
#include "saccade/types.h"

namespace saccade {

enum class Mode {
    detect,  ///< boxes of each frame for itself
    track,   ///< boxes with identities over time
};

/// Time at work a frame, in milliseconds.
struct StageTime {
    std::string stage;
    double first = 0;  ///< of the first frame; 0 where only sums are known
    double mean = 0, p50 = 0, p95 = 0, p99 = 0;
    double total_seconds = 0;
};

/// Frames of a live stream that a stage did not see, and why.
struct DropCount {
    std::string stage, reason;
    std::uint64_t frames = 0;
};

struct StreamSummary {
    std::string name;  ///< the source's, with user, password and tokens of a URL masked
    Status status = Status::complete;
    bool skipped = false;        ///< an earlier run completed it: frames and outputs are that run's
    std::optional<Error> error;  ///< why it failed
    std::string damage;          ///< what could not be read, of a partial one
    std::vector<BadImage>
        bad_images;  ///< of an image sequence: each that was not read, or not whole
    std::string decoder;
    int width = 0, height = 0;
    int input_width = 0, input_height = 0;  ///< of the network for this stream, px
    std::uint64_t frames = 0, dropped = 0, detections = 0;
    std::uint64_t passed_over = 0;       ///< left out by Settings::stride and max_fps
    std::uint64_t crops = 0;             ///< looked at closer, all frames (Settings::refine)
    std::vector<DropCount> drops;        ///< what `dropped` consists of
    std::size_t device_memory_peak = 0;  ///< seen while the stream was open, bytes; 0: not known
    std::map<std::string, std::uint64_t> ids_by_class;  ///< how many were followed
    std::vector<std::string> outputs;
    double seconds = 0, fps = 0;
    double first_result_ms = 0;  ///< from opening the source to its first written result
    /// decode, track, sink, latency (decoded to written; of live streams received to written), and
    /// sender_latency (taken to written, by the sender's clock and ours) where it is known.
    std::vector<StageTime> stages;
    std::optional<LiveView> live;  ///< of a live source, as it was at the end
};

/// How the device's memory was governed: batches grow and shrink with what is available.
struct GovernorSummary {
    std::size_t limit = 0;        ///< bytes this process may hold on the device; 0: none known
    std::size_t peak = 0;         ///< bytes it was seen to hold
    std::size_t others_peak = 0;  ///< bytes that others were seen to hold
    std::size_t per_image = 0;    ///< bytes a further image of a batch takes; 0: not known
    int max_batch = 0, batch = 0, smallest_batch = 0;  ///< images; `batch` as it was left
    std::uint64_t warnings = 0;       ///< 90 % of the limit crossed: one image less
    std::uint64_t fitted = 0;         ///< room for fewer images only
    std::uint64_t out_of_memory = 0;  ///< batches that found no memory and were run again, smaller
    std::uint64_t grown = 0;          ///< one image more, after a quiet time
    std::uint64_t trims = 0;          ///< caches freed
    std::uint64_t decoders_waited = 0;  ///< streams that waited for memory for their decoders
};

/// One copy of the network: there is one for each device and input size that streams needed.
struct DetectorSummary {
    std::string device;
    int input_width = 0, input_height = 0;  ///< px
    std::uint64_t frames = 0, batches = 0;  ///< crops count as frames
    std::size_t memory = 0;                 ///< bytes it holds on its device
};

struct RunSummary {
    std::string model, family, backend, device, precision;
    bool family_forced = false;  ///< --family was given: not what the model was recognised as
    int input_width = 0, input_height = 0, batch = 1;  ///< of the detector made first
    int slots = 1;                                     ///< batches that may be under way
    std::size_t streams_at_once = 1;
    std::vector<StreamSummary> streams;
    std::vector<DetectorSummary> detectors;
    std::uint64_t frames = 0;
    double seconds = 0;       ///< from the model loaded to the last output finished
    double fps = 0;           ///< frames over seconds
    double load_seconds = 0;  ///< to find, load and compile the model for the first stream
    /// From the call of run() to the first written result of any stream; 0 where there is none.
    double first_result_seconds = 0;
    std::vector<StageTime> stages;  ///< of the device: preprocess, inference (waited), postprocess
    std::size_t peak_memory = 0;    ///< of the process, bytes
    GovernorSummary governor;
    std::size_t queue_capacity = 0, queue_peak = 0;
};

/// A look at a run under way.
struct ProgressView {
    std::uint64_t frames = 0;
    std::uint64_t frames_expected = 0;  ///< 0 where unknown
    std::int64_t objects = 0;           ///< in the latest frames
    std::uint64_t streams_done = 0, streams = 0;
};

struct RunHooks {
    /// For every frame, in order a stream, from the stream's own thread.
    std::function<void(const std::string& source, const FrameResult& result)> on_result;
    /// About ten times a second, from a thread of its own.
    std::function<void(const ProgressView& progress)> on_progress;
    /// Once the model is loaded for the first stream, before the first frame; from a thread of the
    /// engine's. Not called where none is ever loaded. No progress is told before.
    std::function<void(const RunSummary& so_far)> on_loaded;
    std::stop_token stop;
};

/// Runs all sources (files, folders, patterns, lists, "-") to their ends. One failing source fails
/// alone and is told in its StreamSummary; the call itself fails where nothing can run: no model
/// (not_found), a wrong setting (invalid_argument), no device (unavailable), a source that does not
/// expand (not_found).
Result<RunSummary> run(Mode mode, const Settings& settings, const std::vector<std::string>& sources,
                       const RunHooks& hooks = {});

}  // namespace saccade
