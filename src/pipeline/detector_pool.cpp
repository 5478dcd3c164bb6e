#include "pipeline/detector_pool.h"

#include <algorithm>
#include <utility>

namespace saccade::pipeline {

DetectorPool::DetectorPool(Devices& devices, const PipelineOptions& options)
    : devices_(devices), options_(options), state_(devices.count()) {}

std::optional<Error> DetectorPool::broken(const Device& device) const {
    for (const auto& [input, stage] : device.stages) {
        if (auto error = stage->error()) return error;
    }
    return std::nullopt;
}

Result<std::size_t> DetectorPool::enter() {
    std::lock_guard lock(mutex_);
    std::optional<std::size_t> best;
    std::optional<Error> error;
    for (std::size_t i = 0; i < state_.size(); ++i) {
        if (auto why = broken(state_[i])) {
            error = std::move(why);
        } else if (!best || state_[i].streams < state_[*best].streams) {
            best = i;
        }
    }
    if (!best) return fail(error.value_or(Error{ErrorCode::unavailable, "there is no device", ""}));
    ++state_[*best].streams;
    return *best;
}

void DetectorPool::leave(std::size_t device) {
    std::lock_guard lock(mutex_);
    --state_[device].streams;
}

std::optional<Result<InferStage*>> DetectorPool::known(std::size_t device, Size input) const {
    const Device& state = state_[device];
    if (const auto found = state.stages.find(input); found != state.stages.end()) {
        if (auto error = found->second->error()) return fail(std::move(*error));
        return found->second;
    }
    if (const auto found = state.refused.find(input); found != state.refused.end()) {
        return fail(found->second);
    }
    return std::nullopt;
}

Result<InferStage*> DetectorPool::stage(std::size_t device, Size source,
                                        const std::stop_token& stop) {
    const Size input = devices_.input_for(source);
    std::unique_lock lock(mutex_);
    for (;;) {
        if (auto there = known(device, input)) return *there;
        if (stop.stop_requested()) break;
        if (load_ == nullptr) {
            load_ = std::make_shared<Load>(Load{device, input, std::nullopt});
            loader_ = std::jthread([this, mine = load_] { load(mine); });  // (the last one is over)
        }
        const auto waited = load_;
        loaded_.wait(lock, stop, [&] { return waited->result.has_value(); });
        if (!waited->result) break;
        if (waited->device == device && waited->input == input) return *waited->result;
    }
    return fail(ErrorCode::interrupted, "interrupted while the network was loaded");
}

void DetectorPool::load(const std::shared_ptr<Load>& load) {
    auto made = make(load->device, load->input);
    {
        std::lock_guard lock(mutex_);
        if (!made) {
            if (!refusal_) refusal_ = made.error();
            // Memory may be there again for a later stream; nothing else gets better by trying.
            if (made.error().code != ErrorCode::out_of_memory) {
                state_[load->device].refused.emplace(load->input, made.error());
            }
        }
        load->result = std::move(made);
        load_.reset();
    }
    loaded_.notify_all();
}

bool DetectorPool::loading() const {
    std::lock_guard lock(mutex_);
    return load_ != nullptr;
}

Result<InferStage*> DetectorPool::make(std::size_t device, Size input) {
    auto detector = devices_.make(device, input);
    if (!detector) return fail(detector.error());
    Device& state = state_[device];  // (only this thread changes its memory)
    if (state.decoders == nullptr) {
        auto memory = devices_.memory(device, (*detector)->info());
        if (!memory) return fail(memory.error());
        std::lock_guard lock(mutex_);
        if (memory->probe)
            state.probe = std::make_unique<memory::SharedProbe>(std::move(memory->probe));
        state.limit = memory->limit;
        state.decoders = std::make_unique<memory::DecoderAdmission>(state.limit, state.probe.get());
    }
    const auto largest = static_cast<std::size_t>((*detector)->max_batch());
    const std::size_t batch =
        options_.batch > 0 ? std::min(static_cast<std::size_t>(options_.batch), largest) : largest;
    memory::GovernorOptions governor = options_.governor;
    governor.limit = state.limit;
    // A stream's credit covers what the device has under way and what waits behind it.
    const std::size_t credit =
        options_.queue + options_.held + batch * static_cast<std::size_t>((*detector)->depth());

    std::lock_guard lock(mutex_);
    const auto number = static_cast<std::uint32_t>(made_.size());
    Made& made = made_.emplace_back();
    made.device = device;
    made.detector = std::move(*detector);
    made.stage = std::make_unique<InferStage>(
        *made.detector,
        BatcherOptions{.queue = options_.queue,
                       .credit = credit,
                       .max_wait = options_.max_wait,
                       .target_p99 = options_.target_p99},
        GovernorSetup{
            .batch = static_cast<int>(batch), .options = governor, .probe = state.probe.get()},
        options_.tracer, number);
    made.thread = std::jthread([stage = made.stage.get()] { stage->run(); });
    state.stages.emplace(input, made.stage.get());
    if (!ready_since_) ready_since_ = std::chrono::steady_clock::now();
    return made.stage.get();
}

std::size_t DetectorPool::limit(std::size_t device) const {
    std::lock_guard lock(mutex_);
    return state_[device].limit;
}

memory::DecoderAdmission& DetectorPool::decoders(std::size_t device) {
    std::lock_guard lock(mutex_);
    return *state_[device].decoders;
}

std::optional<std::chrono::steady_clock::time_point> DetectorPool::ready_since() const {
    std::lock_guard lock(mutex_);
    return ready_since_;
}

void DetectorPool::finish() {
    if (loader_.joinable()) loader_.join();
    for (Made& made : made_) made.stage->batcher().shutdown();
    for (Made& made : made_) {
        if (made.thread.joinable()) made.thread.join();
    }
}

void DetectorPool::report(RunReport& report) const {
    std::lock_guard lock(mutex_);
    for (const Made& made : made_) {
        report.devices.push_back(made.stage->report());
        report.queue_peak = std::max(report.queue_peak, made.stage->batcher().peak());
        if (!report.fatal) report.fatal = made.stage->error();
    }
    if (made_.empty()) report.fatal = refusal_;
    for (const Device& device : state_) {
        if (device.decoders != nullptr) report.decoders_waited += device.decoders->waited();
    }
}

std::vector<DetectorPool::DeviceState> DetectorPool::devices() const {
    std::lock_guard lock(mutex_);
    std::vector<DeviceState> all;
    for (const Device& device : state_) {
        DeviceState state{.streams = device.streams, .limit = device.limit};
        for (const auto& [input, stage] : device.stages) {
            const memory::State read = stage->memory();
            state.memory.used = std::max(state.memory.used, read.used);
            state.memory.others = std::max(state.memory.others, read.others);
            state.memory.total = std::max(state.memory.total, read.total);
        }
        if (device.decoders != nullptr) state.decoders_waited = device.decoders->waited();
        all.push_back(state);
    }
    return all;
}

std::vector<std::pair<std::size_t, InferStage*>> DetectorPool::stages() const {
    std::lock_guard lock(mutex_);
    std::vector<std::pair<std::size_t, InferStage*>> all;
    for (const Made& made : made_) all.emplace_back(made.device, made.stage.get());
    return all;
}

std::size_t DetectorPool::streams_at_once() const {
    if (options_.streams > 0) return options_.streams;
    std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const Device& device : state_) count += device.streams;
    return std::max<std::size_t>(count, 1);
}

}  // namespace saccade::pipeline
