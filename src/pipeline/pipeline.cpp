#include "pipeline/pipeline.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "pipeline/closer.h"
#include "pipeline/detector_pool.h"
#include "pipeline/helpers.h"
#include "pipeline/stream.h"

namespace saccade::pipeline {

Pipeline::Pipeline(Devices& devices, PipelineOptions options, Progress& progress)
    : devices_(devices),
      options_(std::move(options)),
      progress_(progress),
      pool_(std::make_unique<DetectorPool>(devices_, options_)),
      closer_(std::make_unique<Closer>()),
      helpers_(std::make_unique<Helpers>()) {}

Pipeline::~Pipeline() {
    close();
}

StreamReport Pipeline::run(StreamJob job, std::uint32_t number, std::stop_token stop) {
    Stream stream(std::move(job), number, {*pool_, *closer_, *helpers_, options_, progress_});
    const std::stop_callback on_stop(std::move(stop), [&] { stream.stop(); });
    return stream.run();
}

std::shared_ptr<Stream> Pipeline::add(StreamJob job, std::uint32_t number,
                                      std::function<void(const StreamReport& report)> ended) {
    reap();
    std::lock_guard lock(mutex_);
    auto stream = std::make_shared<Stream>(
        std::move(job), number, Shared{*pool_, *closer_, *helpers_, options_, progress_});
    if (closed_) stream->stop();
    running_.push_back({stream, std::jthread([this, stream, told = std::move(ended)]() mutable {
                            const StreamReport report = stream->run();
                            if (told) told(report);
                            told = nullptr;
                            ++progress_.streams_done;
                            stream->set_ended();
                        })});
    return stream;
}

void Pipeline::reap() {
    std::list<Running> over;
    {
        std::lock_guard lock(mutex_);
        for (auto it = running_.begin(); it != running_.end();) {
            const auto at = it++;
            if (at->stream->ended()) over.splice(over.end(), running_, at);
        }
    }
}

std::size_t Pipeline::unfinished() const {
    std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(
        running_.begin(), running_.end(), [](const Running& one) { return !one.stream->ended(); }));
}

void Pipeline::close() {
    std::list<Running> left;
    {
        std::lock_guard lock(mutex_);
        closed_ = true;
        left.swap(running_);
    }
    for (Running& one : left) one.stream->stop();
    left.clear();  // waits
    pool_->finish();
    closer_ = std::make_unique<Closer>();  // waits for what the other one had
}

RunReport Pipeline::report() const {
    RunReport report;
    report.queue_capacity = options_.queue;
    pool_->report(report);
    report.wall = std::chrono::steady_clock::now() - pool_->ready_since().value_or(start_);
    return report;
}

RunReport run(std::span<const StreamJob> jobs, Devices& devices, const PipelineOptions& options,
              std::stop_token stop, Progress& progress, const ResultCallback& on_result) {
    Pipeline pipeline(devices, options, progress);
    std::vector<StreamReport> reports(jobs.size());
    {
        std::atomic<std::size_t> next{0};
        const auto work = [&] {
            for (std::size_t i = next++; i < jobs.size(); i = next++) {
                StreamJob job = jobs[i];
                if (on_result) {
                    job.on_result = [&on_result, name = job.name](const FrameResult& result,
                                                                  const Frame&, const auto&) {
                        on_result(name, result);
                        return true;
                    };
                }
                reports[i] = pipeline.run(std::move(job), static_cast<std::uint32_t>(i), stop);
                if (options.on_stream_done) options.on_stream_done(i, reports[i]);
                ++progress.streams_done;
            }
        };
        std::vector<std::jthread> workers;
        const std::size_t count = std::min(std::max<std::size_t>(options.streams, 1), jobs.size());
        for (std::size_t i = 0; i < count; ++i) workers.emplace_back(work);
    }
    pipeline.close();
    RunReport report = pipeline.report();
    report.streams = std::move(reports);
    return report;
}

}  // namespace saccade::pipeline
