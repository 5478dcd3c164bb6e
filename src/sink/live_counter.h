// Counts of lines and zones that may be changed while they are counted.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "saccade/error.h"
#include "saccade/types.h"
#include "sink/live_shapes.h"
#include "track/ground.h"
#include "track/zones.h"

namespace saccade::sink {

struct CountPlaces {
    std::vector<track::Line> lines;
    std::vector<track::Zone> zones;
};

/// `lines` and `zones` as in Settings, brought to pixels. Errors: invalid_argument for one that
/// does not parse, is in metres where `ground` is none, or is not in front of its horizon.
Result<CountPlaces> count_places(const std::vector<std::string>& lines,
                                 const std::vector<std::string>& zones,
                                 const track::GroundPlane* ground);

/// Where the shapes change, the counts so far stay under their names, and counting begins anew with
/// the next frame: under a name that was there before it goes on from that. An object that is on
/// its way over a line at that moment is not counted. One thread.
class LiveCounter {
  public:
    /// `shapes`: none counts nothing.
    explicit LiveCounter(std::shared_ptr<const LiveShapes> shapes);

    /// Errors: those of count_places().
    Result<void> update(const FrameResult& result);
    /// Of all frames; nothing may be counted behind it.
    [[nodiscard]] track::CountSummary finish();

  private:
    Result<void> follow_shapes();

    std::shared_ptr<const LiveShapes> shapes_;
    std::uint64_t version_ = 0;     ///< of what counter_ counts
    track::CountSummary before_{};  ///< of shapes that were changed since
    track::Counter counter_;
    Result<void> state_;  ///< whether the shapes of the beginning could be understood
};

}  // namespace saccade::sink
