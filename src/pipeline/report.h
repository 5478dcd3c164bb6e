// What a run tells about itself when it is over.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "detect/detector.h"
#include "memory/governor.h"
#include "pipeline/batcher.h"
#include "pipeline/histogram.h"
#include "saccade/bad_image.h"
#include "saccade/error.h"
#include "saccade/snapshot.h"
#include "saccade/status.h"

namespace saccade::pipeline {

using StreamStatus = Status;

struct StreamReport {
    std::string name;
    StreamStatus status = StreamStatus::complete;
    std::optional<Error> error;        ///< of a failed stream
    std::string damage;                ///< of a partial one
    std::vector<BadImage> bad_images;  ///< all, where it is of images
    std::string decoder;
    int width = 0, height = 0;              ///< px
    int input_width = 0, input_height = 0;  ///< of the network that its frames went through, px
    std::uint64_t frames = 0;               ///< written
    Drops dropped;                          ///< live streams only
    std::uint64_t carried = 0;              ///< not looked at, since nothing moved
    std::uint64_t passed_over = 0;          ///< left out by Controls: stride, most frames a second
    std::size_t memory_peak = 0;            ///< most its device was seen to hold meanwhile, bytes
    std::uint64_t detections = 0;
    std::uint64_t crops = 0;                    ///< looked at closer
    std::map<int, std::uint64_t> ids_by_class;  ///< confirmed tracks by class id
    std::vector<std::string> outputs;
    std::chrono::nanoseconds wall{0};  ///< from opening to the last output, loading not counted
    std::chrono::nanoseconds first_result{
        0};                         ///< from opening to the first frame written, likewise
    Histogram decode, track, sink;  ///< time at work per frame
    Histogram latency;              ///< from decoded (live: received) to written
    Histogram sender_latency;       ///< from taken, by the sender's clock, to written
    std::optional<LiveView> live;   ///< of a live source
};

/// A detector at work, on a device that it may share with others.
struct DeviceReport {
    detect::DetectorInfo detector;
    infer::MemoryUse memory;
    detect::DetectorTimes times;
    std::uint64_t frames = 0, batches = 0;
    memory::GovernorReport governor;
    Histogram idle;  ///< waiting for frames, per batch
};

struct RunReport {
    std::vector<StreamReport> streams;  ///< in the order given
    std::vector<DeviceReport> devices;  ///< in the order in which their detectors were made
    std::chrono::nanoseconds wall{0};   ///< since the first detector was there
    std::size_t queue_capacity = 0, queue_peak = 0;
    std::uint64_t decoders_waited = 0;  ///< streams that waited for memory for their decoders
    /// A detector failed, and its unfinished streams with it; or none could be made.
    std::optional<Error> fatal;
};

/// In words, without those that are none.
[[nodiscard]] std::vector<DropCount> drop_counts(const Drops& drops);
[[nodiscard]] Latency latency_of(const Histogram& times);

}  // namespace saccade::pipeline
