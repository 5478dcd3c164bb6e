#include "pipeline/infer_stage.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "core/range.h"

namespace saccade::pipeline {

void Router::add(std::uint32_t stream, DetectedQueue& queue) {
    std::lock_guard lock(mutex_);
    queues_[stream] = &queue;
    if (closed_) queue.close(CloseReason::finished);
}

void Router::remove(std::uint32_t stream) {
    std::lock_guard lock(mutex_);
    queues_.erase(stream);
}

void Router::close() {
    std::lock_guard lock(mutex_);
    closed_ = true;
    for (const auto& [stream, queue] : queues_) queue->close(CloseReason::finished);
}

void Router::deliver(Detected detected) {
    std::lock_guard lock(mutex_);
    const auto found = queues_.find(detected.item.frame.id.stream);
    if (found != queues_.end()) found->second->push(std::move(detected));
}

namespace {

/// Has the batcher's thread woken when a batch gets ready.
class Listening {
  public:
    Listening(detect::Detector& detector, Batcher& batcher) : detector_(detector) {
        detector.on_ready([&batcher] { batcher.wake(); });
    }
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening() { detector_.on_ready({}); }

  private:
    detect::Detector& detector_;
};

}  // namespace

void InferStage::run() {
    run_batches();
    const infer::MemoryUse use = detector_.memory();
    const detect::DetectorTimes times = detector_.times();
    std::lock_guard lock(governor_mutex_);
    use_ = use;
    times_ = times;
    waited_told_ = waited_;
}

void InferStage::run_batches() {
    const Listening listening(detector_, batcher_);
    DeviceTrace trace(tracer_, number_, detector_.depth());
    if (trace.on()) detector_.record_spans(true);
    for (;;) {
        auto next = first_waiting();
        if (next != batches_.end()) {
            // What found no memory is run again when nothing else holds any.
            if (detector_.in_flight() > 0) {
                next = batches_.end();
            } else {
                split(next);
            }
        } else if (detector_.in_flight() < detector_.depth()) {
            next = take(trace);
            if (next == batches_.end() && detector_.in_flight() == 0) return;
        }
        const auto done = next == batches_.end() ? collect(trace) : submit(next, trace);
        if (!done) return fail_with(done.error());
    }
}

std::size_t InferStage::batch_size() {
    const auto decision = [&] {
        const infer::MemoryUse use = detector_.memory();
        std::lock_guard lock(governor_mutex_);
        use_ = use;
        return governor_.next(use);
    }();
    if (decision.trim) detector_.trim();
    return static_cast<std::size_t>(decision.batch);
}

/// A new batch, or none.
InferStage::Batches::iterator InferStage::take(DeviceTrace& trace) {
    const std::size_t size = batch_size();
    for (;;) {
        std::vector<Item> items;
        if (detector_.in_flight() > 0) {
            items = next_while_busy(size, trace);
        } else {
            const auto before = std::chrono::steady_clock::now();
            items = batcher_.next(size);
            idle_.add(std::chrono::steady_clock::now() - before);
            trace.starved(before);
        }
        if (items.empty()) return batches_.end();
        add(std::move(items));
        if (const auto next = first_waiting(); next != batches_.end()) return next;
    }
}

/// Those that are carried wait, without the device, for what their streams have in front of them.
void InferStage::add(std::vector<Item> items) {
    Batch before, batch, behind;
    const auto has = [](const Batch& some, std::uint32_t stream) {
        return std::any_of(some.items.begin(), some.items.end(),
                           [&](const Item& item) { return item.frame.id.stream == stream; });
    };
    const auto put = [&] {
        for (Batch* const some : {&before, &batch, &behind}) {
            if (some->items.empty()) continue;
            if (some != &batch) {
                some->results.resize(some->items.size());
                some->state = Batch::State::done;
            }
            batches_.push_back(std::exchange(*some, {}));
        }
    };
    for (Item& item : items) {
        const std::uint32_t stream = item.frame.id.stream;
        if (!item.carried) {
            if (has(behind, stream)) put();
            batch.items.push_back(std::move(item));
        } else {
            (has(batch, stream) ? behind : before).items.push_back(std::move(item));
        }
    }
    put();
    deliver();
}

/// Until there is a batch or, then without one, the oldest under way can be collected: whichever
/// comes first, so that neither the device waits for us, nor results.
std::vector<Item> InferStage::next_while_busy(std::size_t size, DeviceTrace& trace) {
    std::vector<Item> items = batcher_.try_next(size);
    if (!items.empty() || detector_.ready()) return items;
    const auto before = std::chrono::steady_clock::now();
    while (items.empty() && !detector_.ready()) items = batcher_.next_or_woken(size);
    if (items.empty()) {
        waits_since_ = before;
    } else {
        waited_ += std::chrono::steady_clock::now() - before;
        trace.waited(before);
    }
    return items;
}

InferStage::Batches::iterator InferStage::first_waiting() {
    return std::find_if(batches_.begin(), batches_.end(),
                        [](const Batch& batch) { return batch.state == Batch::State::waiting; });
}

/// Leaves as many frames as the governor allows; the others become a waiting batch behind it.
void InferStage::split(Batches::iterator batch) {
    const std::size_t size = batch_size();
    if (batch->items.size() <= size) return;
    const auto from = batch->items.begin() + static_cast<std::ptrdiff_t>(size);
    batches_.insert(std::next(batch), {.items = {std::make_move_iterator(from),
                                                 std::make_move_iterator(batch->items.end())}});
    batch->items.erase(from, batch->items.end());
}

Result<void> InferStage::submit(Batches::iterator batch, DeviceTrace& trace) {
    std::vector<Frame> frames;
    frames.reserve(batch->items.size());
    for (const Item& item : batch->items) frames.push_back(item.frame);
    const auto before = std::chrono::steady_clock::now();
    const Range range("submit");
    if (auto started = detector_.submit(frames); !started) {
        if (started.error().code != ErrorCode::out_of_memory) return started;
        return out_of_memory(*batch, started.error());
    }
    trace.submitted(before, batch->items);
    batch->state = Batch::State::running;
    running_.push_back(batch);
    return {};
}

Result<void> InferStage::collect(DeviceTrace& trace) {
    const auto now = std::chrono::steady_clock::now();
    const auto before = std::exchange(waits_since_, std::nullopt).value_or(now);
    waited_ += now - before;
    const auto waited = detector_.times().wait;
    auto results = [&] {
        const Range range("collect");
        return detector_.collect();
    }();
    if (trace.on() && results) trace.told(detector_.device_spans());
    trace.collected(before, now - before + detector_.times().wait - waited);
    Batch& batch = *running_.front();
    running_.pop_front();
    if (!results) {
        if (results.error().code != ErrorCode::out_of_memory) return fail(results.error());
        return out_of_memory(batch, results.error());
    }
    batch.results = std::move(*results);
    batch.state = Batch::State::done;
    frames_ += batch.items.size();
    ++batches_done_;
    {
        const detect::DetectorTimes times = detector_.times();
        std::lock_guard lock(governor_mutex_);
        governor_.done(static_cast<int>(batch.items.size()));
        times_ = times;
        waited_told_ = waited_;
    }
    deliver();
    return {};
}

/// The batch waits to be run again, unless that is hopeless.
Result<void> InferStage::out_of_memory(Batch& batch, const Error& error) {
    batch.state = Batch::State::waiting;
    const auto pause = [&] {
        std::lock_guard lock(governor_mutex_);
        return governor_.out_of_memory(static_cast<int>(batch.items.size()));
    }();
    if (!pause) {
        return fail(ErrorCode::out_of_memory,
                    fmt::format("{}: there was no memory for a single image, {} times in a row: {}",
                                detector_.info().model, memory::Governor::tries, error.message),
                    "stop other programs that hold the device's memory, or use a smaller --imgsz");
    }
    std::this_thread::sleep_for(*pause);
    return {};
}

void InferStage::deliver() {
    while (!batches_.empty() && batches_.front().state == Batch::State::done) {
        Batch batch = std::move(batches_.front());
        batches_.pop_front();
        const auto now = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < batch.items.size(); ++i) {
            const std::uint32_t stream = batch.items[i].frame.id.stream;
            const auto decoded = batch.items[i].decoded;
            router_.deliver({std::move(batch.items[i]), std::move(batch.results[i])});
            batcher_.delivered(stream, now - decoded);
        }
    }
}

void InferStage::open_stream(std::uint32_t stream) {
    std::lock_guard lock(governor_mutex_);
    governor_.open_stream(stream);
}

std::size_t InferStage::close_stream(std::uint32_t stream) {
    std::lock_guard lock(governor_mutex_);
    return governor_.close_stream(stream);
}

void InferStage::fail_with(Error error) {
    {
        std::lock_guard lock(error_mutex_);
        error_ = std::move(error);
    }
    running_.clear();
    batches_.clear();
    batcher_.abort();
    router_.close();
}

std::optional<Error> InferStage::error() const {
    std::lock_guard lock(error_mutex_);
    return error_;
}

DeviceReport InferStage::report() const {
    std::lock_guard lock(governor_mutex_);
    return {.detector = detector_.info(),
            .memory = use_,
            .times = {.preprocess = times_.preprocess - before_.preprocess,
                      .wait = times_.wait - before_.wait + waited_told_,
                      .postprocess = times_.postprocess - before_.postprocess},
            .frames = frames_,
            .batches = batches_done_,
            .governor = governor_.report(),
            .idle = idle_};
}

memory::State InferStage::memory() const {
    std::lock_guard lock(governor_mutex_);
    return governor_.memory();
}

}  // namespace saccade::pipeline
