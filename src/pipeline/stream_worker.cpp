#include "pipeline/stream_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <initializer_list>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/decode_stage.h"
#include "pipeline/part_join.h"
#include "pipeline/refine_stage.h"
#include "pipeline/sink_stage.h"
#include "pipeline/track_stage.h"

namespace saccade::pipeline {
namespace {

using SteadyTime = std::chrono::steady_clock;

/// A stream's place on a device, and in the budget for its decoder there, for as long as it lives.
class Place {
  public:
    Place(DetectorPool& pool, std::uint32_t stream)
        : pool_(pool), stream_(stream), device_(pool.enter()) {}
    ~Place() {
        if (admitted_) pool_.decoders(*device_).close(stream_);
        if (device_) pool_.leave(*device_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    [[nodiscard]] const Result<std::size_t>& device() const noexcept { return device_; }

    /// Blocks until the device has room. False where that was stopped.
    bool admit(const memory::DecoderNeed& need, const std::stop_token& stop) {
        admitted_ = pool_.decoders(*device_).wait(stream_, need, stop);
        return admitted_;
    }
    void settled() {
        if (admitted_) pool_.decoders(*device_).settled(stream_);
    }

  private:
    DetectorPool& pool_;
    const std::uint32_t stream_;
    Result<std::size_t> device_;
    bool admitted_ = false;
};

constexpr std::size_t surfaces = 16;  // about as many as a decoder has

std::optional<Error> first_of(std::initializer_list<std::optional<Error>> errors) {
    for (const auto& error : errors) {
        if (error) return error;
    }
    return std::nullopt;
}

/// Sets status, error and damage from how the stages ended.
/// `dropped`: frames that were decoded and not wanted.
void judge(StreamReport& report, const DecodeEnd& end, std::uint64_t dropped,
           std::optional<Error> failure, bool stopped) {
    const bool all_written = report.frames + dropped == report.decode.count();
    if (failure) {
        report.status = StreamStatus::failed;
        report.error = std::move(failure);
    } else if (stopped && (end.cut || !all_written)) {
        report.status = StreamStatus::interrupted;
    } else if (report.frames == 0) {
        report.status = StreamStatus::failed;
        report.error = end.error ? end.error
                                 : Error{ErrorCode::corrupt,
                                         report.name + ": no frame could be decoded" +
                                             (end.damage.empty() ? "" : " (" + end.damage + ")"),
                                         "check that the file plays"};
    } else if (end.error || !end.damage.empty()) {
        report.status = StreamStatus::partial;
        report.damage = end.error ? end.error->line() : end.damage;
    }
}

sink::Context context_of(const media::StreamInfo& info, const detect::DetectorInfo& detector,
                         bool tracking) {
    return {.source = info.name,
            .width = info.width,
            .height = info.height,
            .frame_rate = info.frame_rate,
            .class_names = detector.class_names,
            .tracking = tracking,
            .pixel_aspect = info.pixel_aspect,
            .start = info.start,
            .images = info.images};
}

}  // namespace

StreamReport run_stream(const StreamJob& job, std::uint32_t stream, DetectorPool& pool,
                        Closer& closer, const PipelineOptions& options, std::stop_token stop,
                        Progress& progress, const ResultCallback& on_result) {
    StreamReport report;
    report.name = job.name;
    auto start = SteadyTime::now();
    const auto ended = [&](StreamStatus status, std::optional<Error> error) {
        report.status = status;
        report.error = std::move(error);
        report.wall = SteadyTime::now() - start;
        return report;
    };
    if (stop.stop_requested()) return ended(StreamStatus::interrupted, std::nullopt);
    auto place = std::make_shared<Place>(pool, stream);
    if (!place->device()) return ended(StreamStatus::failed, place->device().error());
    const std::size_t device = *place->device();

    std::chrono::nanoseconds loading{0};
    const auto bind = [&](const media::StreamInfo& info) {
        const auto before = SteadyTime::now();
        auto stage = pool.stage(device, {info.width, info.height});
        loading += SteadyTime::now() - before;
        return stage;
    };
    std::size_t capacity = options.queue;
    const auto admit = [&](media::StreamInfo info, bool on_device) -> Result<std::size_t> {
        const auto bound = bind(info);
        if (!bound) return fail(bound.error());
        if (on_device) {
            capacity =
                memory::queue_capacity(info, options.queue, pool.limit(device), options.streams);
            info.decoders = memory::decoders_that_fit(
                info, capacity, pool.decoders(device).headroom(), options.streams);
        }
        memory::DecoderNeed need = memory::decoder_need(info, capacity);
        need.under_way =
            memory::frame_bytes(info) * ((*bound)->batcher().options().credit - options.queue -
                                         options.held);  // the rest is batches
        if (!on_device) need.bytes = 0;
        if (place->admit(need, stop)) return info.decoders;
        return fail(ErrorCode::interrupted, job.name + ": interrupted while it waited for memory");
    };
    auto opened = job.open({.stream = stream, .device = device, .admit = admit});
    if (!opened) {
        const bool left = stop.stop_requested() && opened.error().code == ErrorCode::interrupted;
        if (left) return ended(StreamStatus::interrupted, std::nullopt);
        return ended(StreamStatus::failed, opened.error());
    }
    media::Source& source = *opened->source;
    const media::StreamInfo info = source.info();
    report.decoder = info.decoder;
    if (info.decoders > 1) report.decoder += fmt::format(" x {}", info.decoders);
    report.width = info.width;
    report.height = info.height;
    const auto bound = bind(info);
    if (!bound) return ended(StreamStatus::failed, bound.error());
    start += loading;
    InferStage& stage = **bound;
    const detect::DetectorInfo& detector = stage.detector_info();
    report.input_width = detector.input_width;
    report.input_height = detector.input_height;
    Batcher& batcher = stage.batcher();
    const std::size_t credit = batcher.options().credit;

    const LaneScope scope(options.tracer, "decode", stream);
    TraceLane* const lane = scope.lane();
    if (info.frame_count) progress.frames_expected += *info.frame_count;
    const sink::Context context = context_of(info, detector, opened->tracker != nullptr);
    for (auto& sink : opened->sinks) {
        if (auto begun = sink->begin(context); !begun) {
            return ended(StreamStatus::failed, begun.error());
        }
    }
    if (traced(lane)) {
        lane->add(Activity::open, std::max(start, options.tracer->start()), SteadyTime::now());
    }

    DetectedQueue detected(credit);
    TrackedQueue tracked(options.queue);
    batcher.open(stream, info.live ? Batcher::Kind::live : Batcher::Kind::file, capacity);
    stage.open_stream(stream);
    stage.router().add(stream, detected);

    // A failure behind the decoder stops this stream's decoder, and with it the stream.
    const auto give_up = [&] {
        batcher.cancel(stream);
        source.interrupt();
    };
    std::optional<RefineStage> refine;
    if (options.refine.budget > 0) refine.emplace(options.refine, stage, stream);
    std::optional<PartJoin> join;
    if (!opened->beside.empty()) join.emplace(batcher, stream);
    TrackStage track_stage(*opened, detected, tracked, give_up, refine ? &*refine : nullptr,
                           join ? &*join : nullptr);
    SinkStage sink_stage(opened->sinks, tracked, batcher, progress, job.name, on_result, give_up);
    std::jthread track_thread([&] {
        const LaneScope mine(options.tracer, "track", stream);
        track_stage.run(mine.lane());
    });
    std::jthread sink_thread([&] {
        const LaneScope mine(options.tracer, "sink", stream);
        sink_stage.run(start, mine.lane());
    });
    // By then its queue has been full once, and the decoder has all its surfaces.
    DecodeStage decode_stage(source, batcher, join ? &*join : nullptr);
    std::deque<DecodeStage> beside;
    for (const auto& further : opened->beside) beside.emplace_back(*further, batcher, &*join);
    std::atomic<std::size_t> settling{1 + beside.size()};
    const auto settled = [&] {
        if (--settling == 0) place->settled();
    };
    const std::size_t enough = 2 * capacity + surfaces;
    decode_stage.call_after(enough, settled);
    for (DecodeStage& further : beside) further.call_after(enough, settled);
    {
        const std::stop_callback on_stop(stop, give_up);
        std::vector<std::jthread> threads;
        for (DecodeStage& stage_beside : beside) {
            threads.emplace_back([&, part = threads.size() + 1] {
                const LaneScope mine(options.tracer, "decode", stream, part);
                stage_beside.run(mine.lane());
            });
        }
        decode_stage.run(lane);
        threads.clear();
        batcher.finish(stream);
        batcher.wait_drained(stream);
    }
    stage.router().remove(stream);
    detected.close(CloseReason::finished);
    track_thread.join();
    if (refine) report.crops = refine->crops();
    refine.reset();
    tracked.close(CloseReason::finished);
    sink_thread.join();
    report.dropped = batcher.close(stream);
    report.memory_peak = stage.close_stream(stream);

    DecodeEnd end = decode_stage.end();
    report.decode = decode_stage.times();
    for (const DecodeStage& further : beside) {
        end.merge(further.end());
        report.decode.merge(further.times());
    }
    // Each by itself: they wait side by side. What they held is free when all are gone.
    opened->beside.push_back(std::move(opened->source));
    for (auto& decoder : opened->beside) {
        closer.close([left = std::shared_ptr<media::Source>(std::move(decoder)), place]() mutable {
            left.reset();
            place.reset();
        });
    }
    place.reset();
    track_stage.report(report);
    sink_stage.report(report);
    report.bad_images = std::move(end.bad_images);
    judge(report, end, report.dropped.total() + (join ? join->dropped() : 0),
          first_of({sink_stage.error(), track_stage.error(), stage.error()}),
          stop.stop_requested());
    const sink::Outcome outcome = report.status == StreamStatus::complete ? sink::Outcome::complete
                                  : report.status == StreamStatus::interrupted
                                      ? sink::Outcome::interrupted
                                      : sink::Outcome::failed;
    const auto finishing = SteadyTime::now();
    // A stream that gave no frame leaves no file; one that broke off leaves what it gave.
    if (report.frames > 0) {
        for (auto& sink : opened->sinks) {
            if (auto finished = sink->finish(outcome); finished) {
                report.outputs.push_back(sink->path());
            } else if (report.status != StreamStatus::failed) {
                report.status = StreamStatus::failed;
                report.error = finished.error();
            }
        }
    }
    if (traced(lane)) lane->add(Activity::finish, finishing, SteadyTime::now());
    report.wall = SteadyTime::now() - start;
    return report;
}

}  // namespace saccade::pipeline
