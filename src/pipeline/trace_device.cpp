#include "pipeline/trace_device.h"

#include <fmt/format.h>

#include <algorithm>

namespace saccade::pipeline {

DeviceTrace::DeviceTrace(Tracer* tracer, std::uint32_t device, int slots)
    : tracer_(tracer), device_(device), scope_(tracer, "device", device) {
    if (!on()) return;
    for (int i = 0; i < std::max(slots, 1); ++i) {
        slots_.push_back(&tracer->lane(fmt::format("network {} slot {}", device, i)));
    }
}

void DeviceTrace::starved(Time begin) {
    if (!on()) return;
    scope_.lane()->add(Activity::starve, begin, std::chrono::steady_clock::now());
}

void DeviceTrace::waited(Time begin) {
    if (!on()) return;
    scope_.lane()->add(Activity::wait, begin, std::chrono::steady_clock::now());
}

void DeviceTrace::submitted(Time begin, const std::vector<Item>& batch) {
    if (!on()) return;
    const Time end = std::chrono::steady_clock::now();
    std::vector<FrameId> frames;
    frames.reserve(batch.size());
    for (const Item& item : batch) frames.push_back(item.frame.id);
    scope_.lane()->add(Activity::preprocess, begin, end, frames);
    under_way_.push_back({std::move(frames), end, next_slot_});
    next_slot_ = (next_slot_ + 1) % slots_.size();
}

void DeviceTrace::told(const std::vector<detect::DeviceSpan>& spans) {
    if (!on() || under_way_.empty()) return;
    const std::vector<FrameId>& frames = under_way_.front().frames;
    for (const detect::DeviceSpan& span : spans) {
        tracer_->add(fmt::format("device {} stream {}", device_, span.stream),
                     {.what = span.what,
                      .begin = span.begin,
                      .end = span.end,
                      .frame = frames.empty() ? FrameId{} : frames.front(),
                      .frames = static_cast<std::uint32_t>(frames.size())});
    }
}

void DeviceTrace::collected(Time begin, std::chrono::nanoseconds wait) {
    if (!on()) return;
    const Time end = std::chrono::steady_clock::now();
    const Time done = std::min(begin + wait, end);
    const UnderWay batch = std::move(under_way_.front());
    under_way_.pop_front();
    slots_[batch.slot]->add(Activity::network, batch.since, done, batch.frames);
    // In this order the CPU time of both goes to the part that computes.
    scope_.lane()->add(Activity::postprocess, done, end, batch.frames);
    scope_.lane()->add(Activity::wait, begin, done, batch.frames);
}

}  // namespace saccade::pipeline
