// Where each track's centre was in the last frames.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "sink/canvas.h"
#include "sink/objects.h"

namespace saccade::sink {

class Trails {
  public:
    /// `length` frames back; 0 keeps nothing.
    explicit Trails(int length) : length_(length) {}

    /// One frame's objects. Tracks unseen for `length` frames are forgotten.
    void update(std::span<const Object> objects);

    /// Centres of a track, oldest first; empty for an unknown one. Good until the next call.
    std::span<const Point> points(std::int64_t id);

  private:
    using Trail = std::deque<std::pair<std::uint64_t, Point>>;  ///< frame seen in, and where
    int length_;
    std::uint64_t frame_ = 0;
    std::map<std::int64_t, Trail> trails_;
    std::vector<Point> scratch_;
};

}  // namespace saccade::sink
