// Records which thread did what to which frame, and when.
//
// A run without a Tracer pays a test of a null pointer an event and no more. With one, each thread
// writes into a lane of its own: no lock, no sharing, two clock reads a stage.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "saccade/types.h"

namespace saccade {

/// Whether this build records anything (CMake's SACCADE_TRACING).
#ifdef SACCADE_NO_TRACING
inline constexpr bool tracing = false;
#else
inline constexpr bool tracing = true;
#endif

/// What the time of an event went into.
enum class Activity : std::uint8_t {
    open,         ///< opening a source and its sinks
    decode,       ///< Source::read
    queue_full,   ///< the decoder waits for room behind it
    starve,       ///< the device waits for frames
    preprocess,   ///< Detector::submit
    network,      ///< from the end of submit until the results were fetched; on a slot's lane
    wait,         ///< the device thread waits for the network
    postprocess,  ///< the rest of Detector::collect
    track,        ///< tracker, motion and filter; closer looks too
    look,         ///< within track: waiting for closer looks (RefineStage)
    hand_on,      ///< the tracker waits for room behind it
    sink,         ///< all sinks of the stream
    finish,       ///< closing the sinks
};
inline constexpr std::size_t activity_count = 13;

[[nodiscard]] const char* to_string(Activity activity) noexcept;
/// Whether the thread only waits for another one in it.
[[nodiscard]] bool is_waiting(Activity activity) noexcept;

struct TraceEvent {
    using Time = std::chrono::steady_clock::time_point;
    Activity activity{};
    std::uint32_t frames = 0;  ///< how many it was about, 0 for none
    std::size_t first = 0;     ///< of them in the lane's frames
    Time begin, end;
    std::chrono::nanoseconds cpu{0};  ///< of this thread, since its event before
};

/// The events of one thread, or of one slot of a device. Written by one thread; read after the run.
class TraceLane {
  public:
    using Time = TraceEvent::Time;

    TraceLane(std::string name, std::size_t limit) : name_(std::move(name)), limit_(limit) {}

    /// The calling thread is the lane's: names it and starts counting its CPU time.
    void attach();
    /// The thread's last call: notes how long it was kept from running.
    void detach();

    /// Events of an attached lane take the CPU time since the one before with them.
    void add(Activity activity, Time begin, Time end, std::span<const FrameId> frames = {});
    void add(Activity activity, Time begin, Time end, FrameId frame) {
        add(activity, begin, end, std::span(&frame, 1));
    }

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] int thread() const noexcept { return thread_; }  ///< Linux tid; 0 for a slot
    [[nodiscard]] const std::vector<TraceEvent>& events() const noexcept { return events_; }
    [[nodiscard]] std::span<const FrameId> frames(const TraceEvent& event) const {
        return std::span(frames_).subspan(event.first, event.frames);
    }
    /// Time the thread was ready to run and had no core; zero where the kernel doesn't say.
    [[nodiscard]] std::chrono::nanoseconds run_delay() const noexcept { return run_delay_; }
    /// Events left out because the lane was full.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  private:
    std::string name_;
    std::size_t limit_;
    int thread_ = 0;
    std::vector<TraceEvent> events_;
    std::vector<FrameId> frames_;
    std::chrono::nanoseconds cpu_{0};  ///< when the latest event was added
    std::chrono::nanoseconds run_delay_{0};
    std::uint64_t dropped_ = 0;
};

/// What a device did on one of its queues of work, such as a CUDA stream, by its own clock.
struct DeviceEvent {
    using Time = TraceEvent::Time;
    std::string what;  ///< "upload", "network" ...
    Time begin, end;   ///< on the host's clock
    FrameId frame;     ///< the first that it was about
    std::uint32_t frames = 0;
};
struct DeviceLane {
    std::string name;  ///< "cuda 0 stream 1"
    std::vector<DeviceEvent> events;
    std::uint64_t dropped = 0;  ///< left out because the lane was full
};

/// All lanes of one run. lane() from any thread; reading only when the run is over.
class Tracer {
  public:
    /// `limit`: events a lane keeps, about 80 bytes each.
    explicit Tracer(std::size_t limit = std::size_t{1} << 21U)
        : limit_(limit), start_(std::chrono::steady_clock::now()) {}

    /// Takes the present as the start, where there are no lanes yet.
    void restart() { start_ = std::chrono::steady_clock::now(); }
    /// A new lane, which lives as long as this.
    TraceLane& lane(std::string name);

    /// Adds to the lane of that name, which it makes where there is none. One thread a lane.
    void add(const std::string& lane, DeviceEvent event);

    [[nodiscard]] const std::deque<DeviceLane>& device_lanes() const noexcept { return devices_; }
    [[nodiscard]] const std::deque<TraceLane>& lanes() const noexcept { return lanes_; }
    [[nodiscard]] TraceEvent::Time start() const noexcept { return start_; }

  private:
    const std::size_t limit_;
    TraceEvent::Time start_;
    std::mutex mutex_;
    std::deque<TraceLane> lanes_;
    std::deque<DeviceLane> devices_;
};

/// Whether there is a lane to write to. Nothing is left of what depends on it in a build without.
[[nodiscard]] constexpr bool traced(const TraceLane* lane) noexcept {
    return tracing && lane != nullptr;
}

/// A thread's lane for the time of a scope; nothing where there is no tracer.
class LaneScope {
  public:
    /// "stage number", or "stage number.part" for further threads of the same (part 1 and on).
    LaneScope(Tracer* tracer, const char* stage, std::uint32_t number, std::size_t part = 0);
    ~LaneScope() {
        if (lane_ != nullptr) lane_->detach();
    }
    LaneScope(const LaneScope&) = delete;
    LaneScope& operator=(const LaneScope&) = delete;

    [[nodiscard]] TraceLane* lane() const noexcept { return tracing ? lane_ : nullptr; }

  private:
    TraceLane* lane_ = nullptr;
};

}  // namespace saccade
