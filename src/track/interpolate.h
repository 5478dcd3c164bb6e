// Fills short gaps in tracks, once it is known where the object was found again.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <vector>

#include "saccade/types.h"

namespace saccade::track {

/// Holds back the frames of one stream until no gap of at most `max_gap` frames can still close in
/// them, and then hands them on with those gaps filled on a straight line in time between the two
/// boxes around. A gap is a run of frames in which a track is not confirmed; an object not found
/// again within it keeps its gap, and a lost track that was reported there stays as it was.
/// A filled track is `lost` with box and raw_box on the line, the score and class of before, the
/// line's velocity, and no detection.
///
/// Frames wait for max_gap frames at most. One thread at a time.
class GapFiller {
  public:
    explicit GapFiller(std::size_t max_gap = 20) : max_gap_(max_gap) {}

    /// Takes the next frame, in order of time, and appends those that are ready to `ready`.
    void push(FrameResult frame, std::vector<FrameResult>& ready);
    /// The end of the stream, or a cut in it: appends all that are left and starts afresh.
    void flush(std::vector<FrameResult>& ready);

  private:
    struct Seen {
        std::size_t frame = 0;  ///< number in the stream
        Timestamp pts{0};
        Track track;
    };
    void fill(const Seen& from, const Track& to);

    std::size_t max_gap_;
    std::size_t next_ = 0;             ///< number of the frame that comes next
    std::deque<FrameResult> waiting_;  ///< the last of them is number next_ - 1
    std::unordered_map<std::int64_t, Seen> last_seen_;
};

}  // namespace saccade::track
