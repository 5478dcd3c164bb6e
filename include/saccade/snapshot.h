// A look at everything that a session runs, while it runs. Plain values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "saccade/engine.h"
#include "saccade/error.h"
#include "saccade/live.h"

namespace saccade {

/// A stream of a session, from 1; no number is used twice.
using StreamId = std::uint32_t;

/// Where a stream stands.
enum class StreamState : std::uint8_t {
    opening,             ///< its source is being opened
    loading,             ///< it waits for the network of its size to be loaded
    waiting_for_memory,  ///< its decoder waits for memory of the device
    running,
    finishing,  ///< no further frame is read; what is under way is written
    ended,
};

/// Stable lower-case name ("waiting_for_memory").
[[nodiscard]] const char* to_string(StreamState state) noexcept;

/// How long frames took, from decoded to written. Percentiles are within 2 %.
struct Latency {
    std::uint64_t frames = 0;
    std::chrono::nanoseconds mean{0}, p50{0}, p95{0}, p99{0}, max{0};
};

struct StreamSnapshot {
    StreamId id = 0;
    std::string name;  ///< the source's, with user, password and tokens of a URL masked
    StreamState state = StreamState::opening;
    Status status = Status::complete;              ///< once it has ended
    std::optional<Error> error;                    ///< why it failed
    std::string decoder;                           ///< "" until it is open, as the sizes are 0
    std::string device;                            ///< that its network runs on
    int width = 0, height = 0;                     ///< px
    int input_width = 0, input_height = 0;         ///< of the network, px
    std::uint64_t frames = 0;                      ///< written, or handed to the caller
    std::optional<std::uint64_t> frames_expected;  ///< as the container says
    std::uint64_t passed_over = 0;  ///< left out by the stride or by the most frames a second
    std::uint64_t detections = 0;
    std::int64_t objects = 0;  ///< in the latest frame
    double fps = 0;            ///< frames a second, over the last two seconds
    std::vector<DropCount> drops;
    std::uint64_t boundaries = 0;  ///< frames so far that a boundary lay in front of
    std::size_t queued = 0;        ///< decoded frames that wait for the detector
    Latency latency;               ///< decoded to written; of live streams received to written
    /// From when the sender says that it took a picture, to written. Only as good as the two clocks
    /// agree. No frames where the sender has not told.
    Latency sender_latency;
    std::optional<LiveView> live;     ///< of a live source
    std::chrono::nanoseconds age{0};  ///< since it was added; where it has ended, until then
};

/// One copy of the network.
struct DetectorSnapshot {
    std::string device;
    int input_width = 0, input_height = 0;  ///< px
    std::uint64_t frames = 0, batches = 0;  ///< crops count as frames
    std::size_t waiting = 0;                ///< frames of all its streams
    std::size_t memory = 0;                 ///< bytes it holds on its device
    GovernorSummary governor;
    std::optional<Error> error;  ///< it broke, and with it its streams
};

struct DeviceSnapshot {
    std::string name;                   ///< "cpu", "cuda:0"
    std::size_t streams = 0;            ///< that live on it
    std::size_t limit = 0;              ///< bytes this process may hold there; 0: all there are
    std::size_t used = 0;               ///< bytes this process was last seen to hold
    std::size_t others = 0;             ///< bytes that others were last seen to hold
    std::uint64_t decoders_waited = 0;  ///< streams that waited for memory for their decoders
};

struct SessionSnapshot {
    std::vector<StreamSnapshot> streams;  ///< those added and not removed, by id
    std::vector<DetectorSnapshot> detectors;
    std::vector<DeviceSnapshot> devices;
    bool loading = false;         ///< a network is being loaded
    std::size_t left_behind = 0;  ///< removed streams that a blocked output or call still keeps
};

}  // namespace saccade
