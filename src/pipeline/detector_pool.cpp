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

std::optional<Result<InferStage*>> DetectorPool::known(std::size_t device, Size input) {
    std::lock_guard lock(mutex_);
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

Result<InferStage*> DetectorPool::stage(std::size_t device, Size source) {
    const Size input = devices_.input_for(source);
    if (auto there = known(device, input)) return *there;
    std::lock_guard making(making_);
    if (auto there = known(device, input)) return *there;  // made while we waited
    auto made = make(device, input);
    if (!made) {
        std::lock_guard lock(mutex_);
        if (!refusal_) refusal_ = made.error();
        // Memory may be there again for a later stream; nothing else gets better by trying.
        if (made.error().code != ErrorCode::out_of_memory) {
            state_[device].refused.emplace(input, made.error());
        }
    }
    return made;
}

Result<InferStage*> DetectorPool::make(std::size_t device, Size input) {
    auto detector = devices_.make(device, input);
    if (!detector) return fail(detector.error());
    Device& state = state_[device];  // its memory is only touched here, under making_
    if (state.decoders == nullptr) {
        auto memory = devices_.memory(device, (*detector)->info());
        if (!memory) return fail(memory.error());
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
    for (Made& made : made_) made.stage->batcher().shutdown();
    for (Made& made : made_) {
        if (made.thread.joinable()) made.thread.join();
    }
}

void DetectorPool::report(RunReport& report) const {
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

}  // namespace saccade::pipeline
