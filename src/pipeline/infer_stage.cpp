#include "pipeline/infer_stage.h"

#include <utility>

namespace saccade::pipeline {

void Router::add(std::uint32_t stream, DetectedQueue& queue) {
    std::lock_guard lock(mutex_);
    queues_[stream] = &queue;
}

void Router::remove(std::uint32_t stream) {
    std::lock_guard lock(mutex_);
    queues_.erase(stream);
}

void Router::deliver(Detected detected) {
    std::lock_guard lock(mutex_);
    const auto found = queues_.find(detected.item.frame.id.stream);
    if (found != queues_.end()) found->second->push(std::move(detected));
}

void InferStage::run() {
    DeviceTrace trace(tracer_, number_, detector_.depth());
    std::vector<Frame> frames;
    for (;;) {
        // With work under way the device must not wait for us: look, and else fetch its results.
        const bool busy = detector_.in_flight() > 0;
        std::vector<Item> batch;
        if (detector_.in_flight() < detector_.depth()) {
            const auto before = std::chrono::steady_clock::now();
            batch = busy ? batcher_.try_next(batch_) : batcher_.next(batch_);
            if (!busy) {
                idle_.add(std::chrono::steady_clock::now() - before);
                trace.starved(before);
            }
            if (!busy && batch.empty()) return;
        }
        if (batch.empty()) {
            if (auto done = collect(trace); !done) return fail_with(done.error());
            continue;
        }
        frames.clear();
        for (const Item& item : batch) frames.push_back(item.frame);
        const auto before = std::chrono::steady_clock::now();
        if (auto started = detector_.submit(frames); !started) return fail_with(started.error());
        trace.submitted(before, batch);
        frames_ += batch.size();
        ++batches_;
        under_way_.push_back(std::move(batch));
    }
}

Result<void> InferStage::collect(DeviceTrace& trace) {
    const auto before = std::chrono::steady_clock::now();
    const auto waited = detector_.times().wait;
    auto results = detector_.collect();
    if (!results) return fail(results.error());
    trace.collected(before, detector_.times().wait - waited);
    std::vector<Item> batch = std::move(under_way_.front());
    under_way_.pop_front();
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const std::uint32_t stream = batch[i].frame.id.stream;
        router_.deliver({std::move(batch[i]), std::move((*results)[i])});
        batcher_.delivered(stream);
    }
    return {};
}

void InferStage::fail_with(Error error) {
    {
        std::lock_guard lock(error_mutex_);
        error_ = std::move(error);
    }
    under_way_.clear();
    batcher_.abort();
}

std::optional<Error> InferStage::error() const {
    std::lock_guard lock(error_mutex_);
    return error_;
}

DeviceReport InferStage::report() const {
    return {.detector = detector_.info(),
            .memory = detector_.memory(),
            .times = detector_.times(),
            .frames = frames_,
            .batches = batches_,
            .idle = idle_};
}

}  // namespace saccade::pipeline
