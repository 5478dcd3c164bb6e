#include "pipeline/pipeline.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "pipeline/closer.h"
#include "pipeline/detector_pool.h"
#include "pipeline/stream_worker.h"

namespace saccade::pipeline {

RunReport run(std::span<const StreamJob> jobs, Devices& devices, const PipelineOptions& options,
              std::stop_token stop, Progress& progress, const ResultCallback& on_result) {
    const auto start = std::chrono::steady_clock::now();
    RunReport report;
    report.streams.resize(jobs.size());
    report.queue_capacity = options.queue;

    DetectorPool pool(devices, options);
    Closer closer;
    {
        std::atomic<std::size_t> next{0};
        const auto work = [&] {
            for (std::size_t i = next++; i < jobs.size(); i = next++) {
                StreamReport& mine = report.streams[i];
                mine = run_stream(jobs[i], static_cast<std::uint32_t>(i), pool, closer, options,
                                  stop, progress, on_result);
                if (options.on_stream_done) options.on_stream_done(i, mine);
                ++progress.streams_done;
            }
        };
        std::vector<std::jthread> workers;
        const std::size_t count = std::min(std::max<std::size_t>(options.streams, 1), jobs.size());
        for (std::size_t i = 0; i < count; ++i) workers.emplace_back(work);
    }
    pool.finish();
    pool.report(report);
    report.wall = std::chrono::steady_clock::now() - pool.ready_since().value_or(start);
    return report;
}

}  // namespace saccade::pipeline
