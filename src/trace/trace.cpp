#include "trace/trace.h"

#include <fmt/format.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace saccade {
namespace {

std::chrono::nanoseconds thread_cpu() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// Second number of schedstat (Documentation/scheduler/sched-stats.rst).
std::chrono::nanoseconds thread_run_delay() {
    std::ifstream file("/proc/thread-self/schedstat");
    std::int64_t ran = 0, delayed = 0;
    file >> ran >> delayed;
    return std::chrono::nanoseconds(file ? delayed : 0);
}

}  // namespace

const char* to_string(Activity activity) noexcept {
    switch (activity) {
        case Activity::open: return "open";
        case Activity::decode: return "decode";
        case Activity::queue_full: return "queue full";
        case Activity::starve: return "no frames";
        case Activity::preprocess: return "preprocess";
        case Activity::network: return "network";
        case Activity::wait: return "wait";
        case Activity::postprocess: return "postprocess";
        case Activity::track: return "track";
        case Activity::look: return "closer look";
        case Activity::hand_on: return "sink full";
        case Activity::sink: return "sink";
        case Activity::finish: return "finish";
    }
    return "";
}

bool is_waiting(Activity activity) noexcept {
    return activity == Activity::queue_full || activity == Activity::starve ||
           activity == Activity::wait || activity == Activity::look ||
           activity == Activity::hand_on;
}

void TraceLane::attach() {
    thread_ = ::gettid();
    // Threads that libraries start from here inherit the name, and so can be told apart.
    ::pthread_setname_np(::pthread_self(), name_.substr(0, 15).c_str());
    events_.reserve(1024);
    frames_.reserve(1024);
    cpu_ = thread_cpu();
    run_delay_ = thread_run_delay();
}

void TraceLane::detach() {
    run_delay_ = thread_run_delay() - run_delay_;
}

void TraceLane::add(Activity activity, Time begin, Time end, std::span<const FrameId> frames) {
    if (events_.size() >= limit_) {
        ++dropped_;
        return;
    }
    TraceEvent event{.activity = activity,
                     .frames = static_cast<std::uint32_t>(frames.size()),
                     .first = frames_.size(),
                     .begin = begin,
                     .end = end};
    frames_.insert(frames_.end(), frames.begin(), frames.end());
    if (thread_ != 0) {
        const auto now = thread_cpu();
        event.cpu = now - cpu_;
        cpu_ = now;
    }
    events_.push_back(event);
}

TraceLane& Tracer::lane(std::string name) {
    std::lock_guard lock(mutex_);
    return lanes_.emplace_back(std::move(name), limit_);
}

void Tracer::add(const std::string& lane, DeviceEvent event) {
    std::lock_guard lock(mutex_);
    auto found = std::find_if(devices_.begin(), devices_.end(),
                              [&](const DeviceLane& known) { return known.name == lane; });
    if (found == devices_.end()) {
        devices_.push_back({.name = lane, .events = {}});
        found = std::prev(devices_.end());
    }
    if (found->events.size() < limit_) {
        found->events.push_back(std::move(event));
    } else {
        ++found->dropped;
    }
}

LaneScope::LaneScope(Tracer* tracer, const char* stage, std::uint32_t number, std::size_t part) {
    if (!tracing || tracer == nullptr) return;
    lane_ = &tracer->lane(part == 0 ? fmt::format("{} {}", stage, number)
                                    : fmt::format("{} {}.{}", stage, number, part));
    lane_->attach();
}

}  // namespace saccade
