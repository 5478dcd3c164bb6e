#include "pipeline/pipeline.h"

#include <algorithm>
#include <deque>
#include <thread>

#include "pipeline/infer_stage.h"
#include "pipeline/stream_worker.h"

namespace saccade::pipeline {

RunReport run(std::span<const StreamJob> jobs, std::span<detect::Detector* const> detectors,
              const PipelineOptions& options, std::stop_token stop, Progress& progress,
              const ResultCallback& on_result) {
    const auto start = std::chrono::steady_clock::now();
    RunReport report;
    report.streams.resize(jobs.size());
    report.queue_capacity = options.queue;

    // A stream's credit covers what the device has under way and what waits behind it.
    std::size_t credit = options.queue + options.held;
    std::deque<InferStage> stages;
    for (detect::Detector* detector : detectors) {
        const auto largest = static_cast<std::size_t>(detector->max_batch());
        const std::size_t batch =
            options.batch > 0 ? std::min(static_cast<std::size_t>(options.batch), largest)
                              : largest;
        credit = std::max(credit,
                          options.queue + options.held +
                              batch * static_cast<std::size_t>(detector->depth()));
        const std::size_t number = stages.size();
        stages.emplace_back(
            *detector,
            BatcherOptions{
                .queue = options.queue, .credit = credit, .max_wait = options.max_wait},
            GovernorSetup{.batch = static_cast<int>(batch),
                          .options = options.governor,
                          .probe = number < options.probes.size() ? options.probes[number] : nullptr},
            options.tracer, static_cast<std::uint32_t>(number));
    }

    {
        std::vector<std::jthread> devices;
        for (InferStage& stage : stages) devices.emplace_back([&stage] { stage.run(); });

        std::atomic<std::size_t> next{0};
        const auto work = [&] {
            for (std::size_t i = next++; i < jobs.size(); i = next++) {
                StreamReport& mine = report.streams[i];
                InferStage& stage = stages[i % stages.size()];
                if (stop.stop_requested() || stage.error()) {
                    mine.name = jobs[i].name;
                    mine.status = stop.stop_requested() ? StreamStatus::interrupted
                                                        : StreamStatus::failed;
                    mine.error = stage.error();
                } else {
                    mine = run_stream(jobs[i], static_cast<std::uint32_t>(i), stage,
                                      stage.detector_info(), options, credit, stop, progress,
                                      on_result);
                }
                if (options.on_stream_done) options.on_stream_done(i, mine);
                ++progress.streams_done;
            }
        };
        {
            std::vector<std::jthread> workers;
            const std::size_t count = std::min(std::max<std::size_t>(options.streams, 1),
                                               jobs.size());
            for (std::size_t i = 0; i < count; ++i) workers.emplace_back(work);
        }
        for (InferStage& stage : stages) stage.batcher().shutdown();
    }

    for (InferStage& stage : stages) {
        report.devices.push_back(stage.report());
        report.queue_peak = std::max(report.queue_peak, stage.batcher().peak());
        if (!report.fatal) report.fatal = stage.error();
    }
    report.wall = std::chrono::steady_clock::now() - start;
    return report;
}

}  // namespace saccade::pipeline
