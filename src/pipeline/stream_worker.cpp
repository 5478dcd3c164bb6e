#include "pipeline/stream_worker.h"

#include <initializer_list>
#include <optional>
#include <thread>
#include <utility>

#include "pipeline/sink_stage.h"
#include "pipeline/track_stage.h"

namespace saccade::pipeline {
namespace {

using SteadyTime = std::chrono::steady_clock;

/// How reading a source ended.
struct DecodeEnd {
    std::string damage;
    std::optional<Error> error;
    bool cut = false;  ///< left before its end, on request or because of a failure behind it
};

DecodeEnd decode(media::Source& source, Batcher& batcher, Histogram& times, TraceLane* lane) {
    DecodeEnd end;
    for (;;) {
        const auto before = SteadyTime::now();
        auto event = source.read();
        const auto after = SteadyTime::now();
        if (!event) {
            if (event.error().code == ErrorCode::interrupted) {
                end.cut = true;
            } else {
                end.error = event.error();
            }
            return end;
        }
        if (auto* frame = std::get_if<Frame>(&*event)) {
            times.add(after - before);
            const FrameId id = frame->id;
            if (lane != nullptr) lane->add(Activity::decode, before, after, id);
            if (!batcher.push({.frame = std::move(*frame), .decoded = after, .taken = {}})) {
                end.cut = true;
                return end;
            }
            if (lane != nullptr) lane->add(Activity::queue_full, after, SteadyTime::now(), id);
        } else if (auto* gap = std::get_if<media::Discontinuity>(&*event)) {
            if (end.damage.empty()) end.damage = gap->reason;
        } else if (auto* last = std::get_if<media::End>(&*event)) {
            if (!last->damage.empty()) end.damage = last->damage;
            return end;
        }
    }
}

std::optional<Error> first_of(std::initializer_list<std::optional<Error>> errors) {
    for (const auto& error : errors) {
        if (error) return error;
    }
    return std::nullopt;
}

/// Sets status, error and damage from how the stages ended.
void judge(StreamReport& report, const DecodeEnd& end, std::optional<Error> failure, bool stopped) {
    const bool all_written = report.frames + report.dropped.total() == report.decode.count();
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
            .tracking = tracking};
}

}  // namespace

StreamReport run_stream(const StreamJob& job, std::uint32_t stream, InferStage& stage,
                        const detect::DetectorInfo& detector, const PipelineOptions& options,
                        std::size_t credit, std::stop_token stop, Progress& progress,
                        const ResultCallback& on_result) {
    StreamReport report;
    report.name = job.name;
    const auto start = SteadyTime::now();
    const auto failed = [&](Error error) {
        report.status = StreamStatus::failed;
        report.error = std::move(error);
        report.wall = SteadyTime::now() - start;
        return report;
    };

    const LaneScope scope(options.tracer, "decode", stream);
    TraceLane* const lane = scope.lane();
    auto opened = job.open(stream);
    if (!opened) return failed(opened.error());
    media::Source& source = *opened->source;
    const media::StreamInfo info = source.info();
    if (info.frame_count) progress.frames_expected += *info.frame_count;
    report.decoder = info.decoder;
    report.width = info.width;
    report.height = info.height;
    const sink::Context context = context_of(info, detector, opened->tracker != nullptr);
    for (auto& sink : opened->sinks) {
        if (auto begun = sink->begin(context); !begun) return failed(begun.error());
    }

    if (lane != nullptr) lane->add(Activity::open, start, SteadyTime::now());

    Batcher& batcher = stage.batcher();
    DetectedQueue detected(credit);
    TrackedQueue tracked(options.queue);
    batcher.open(stream, info.live);
    stage.open_stream(stream);
    stage.router().add(stream, detected);

    // A failure behind the decoder stops this stream's decoder, and with it the stream.
    const auto give_up = [&] {
        batcher.cancel(stream);
        source.interrupt();
    };
    TrackStage track_stage(*opened, detected, tracked, give_up);
    SinkStage sink_stage(opened->sinks, tracked, batcher, progress, job.name, on_result, give_up);
    std::jthread track_thread([&] {
        const LaneScope mine(options.tracer, "track", stream);
        track_stage.run(mine.lane());
    });
    std::jthread sink_thread([&] {
        const LaneScope mine(options.tracer, "sink", stream);
        sink_stage.run(start, mine.lane());
    });
    DecodeEnd end;
    {
        const std::stop_callback on_stop(stop, give_up);
        end = decode(source, batcher, report.decode, lane);
        batcher.finish(stream);
        batcher.wait_drained(stream);
    }
    stage.router().remove(stream);
    detected.close(CloseReason::finished);
    track_thread.join();
    tracked.close(CloseReason::finished);
    sink_thread.join();
    report.dropped = batcher.close(stream);
    report.memory_peak = stage.close_stream(stream);
    opened->source.reset();

    track_stage.report(report);
    sink_stage.report(report);
    judge(report, end, first_of({sink_stage.error(), track_stage.error(), stage.error()}),
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
    if (lane != nullptr) lane->add(Activity::finish, finishing, SteadyTime::now());
    report.wall = SteadyTime::now() - start;
    return report;
}

}  // namespace saccade::pipeline
