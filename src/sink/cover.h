// Which places of each frame are covered, so that what was told to be covered is never seen: not in
// the frames that missed it either. Logic alone; docs/redaction.md says what follows from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "saccade/types.h"

namespace saccade::sink {

struct CoverOptions {
    std::vector<int> classes;  ///< ids
    bool all = false;          ///< whatever their class
    double margin = 0.1;       ///< of a box's width and height, on each side
    /// Frames before the first and behind the last sighting that are covered too.
    int frames = 15;
    /// Frames that are held back for it: one more, as only a second sighting tells where something
    /// came from.
    [[nodiscard]] std::size_t held() const noexcept {
        return frames > 0 ? static_cast<std::size_t>(frames) + 1 : 0;
    }
};

/// One stream's frames in order. Of each object of the classes it covers, with its margin:
/// - where a track is seen: its box, and the detection that it was matched with;
/// - between two sightings that are up to twice `frames` apart: all that lies between both boxes;
/// - where the tracker only guesses: from where it was seen last to where it is guessed to be;
/// - `frames` frames before the first and behind the last sighting: from the box to where its
///   velocity would have it, growing from frame to frame;
/// - detections that no track took: their boxes, for `frames` frames before and behind.
class CoverPlanner {
  public:
    explicit CoverPlanner(CoverOptions options) : options_(std::move(options)) {}

    /// Appends those that are complete, with FrameResult::redacted.
    void push(FrameResult result, std::vector<FrameResult>& ready);
    /// The end: all that are left.
    void flush(std::vector<FrameResult>& ready);
    [[nodiscard]] std::size_t delay() const noexcept { return options_.held(); }

  private:
    struct Object {
        std::int64_t first = 0, last = 0;  ///< frames, counted here, in which it was seen
        Box first_box, last_box;
        float step_x = 0, step_y = 0;  ///< px a frame, of the centre, as lately seen
        bool from_behind = false;      ///< the way before `first` is known
    };
    struct Spot {
        std::int64_t last = 0;
        Box box;
    };
    [[nodiscard]] bool covers(int class_id) const;
    void see(std::int64_t id, const Box& box);
    void guess(std::int64_t id, const Box& box);
    void see_spot(const Box& box);
    void prolong();
    /// Over the frame `number`, where it is held still; `away` frames from what is known.
    void cover(std::int64_t number, const Box& box, std::int64_t away);
    void give(std::vector<FrameResult>& ready);

    CoverOptions options_;
    std::deque<FrameResult> held_;
    std::int64_t next_ = 0;                   ///< number of the frame after the last of held_
    std::map<std::int64_t, Object> objects_;  ///< by track
    std::vector<Spot> spots_;                 ///< of no track
    std::vector<std::int64_t> told_;          ///< tracks that the present frame tells of
};

}  // namespace saccade::sink
