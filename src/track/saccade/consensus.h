// The jump that most objects make together: the camera's, seen in the detections alone.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "track/boxes.h"
#include "track/point.h"

namespace saccade::track {

/// Objects move each in their own way, and their filters know how. What all predictions miss by
/// alike is the camera: a jerk of the hand that holds it, or its turn between frames that lie far
/// apart. It is found by a vote (as in Hough's transform), so that it may be longer than the
/// objects are wide. Memory is kept from call to call. One thread at a time.
class Consensus {
  public:
    /// Each predicted box may have gone to any detection alike in size (heights within 1.3) and no
    /// further than two heights away. A way has the support of those that find a detection within
    /// a quarter of their height of it, each the more the nearer. None at all is believed, unless
    /// its support is poor (under 0.6 of the boxes), and some way has that of two boxes more and
    /// half as much again as each way apart from it: of people who walk in two directions neither
    /// half is the camera.
    ///
    /// What is returned is the median of the ways that are near the chosen one, which half of the
    /// boxes and four must have. It is believed as far as it stands out of what is left of each:
    /// shrunk to 1 - s^2 / (n |way|^2) of itself, s being the median of what is left (after James
    /// and Stein), so that a still camera with noisy boxes does not shake. In a crowd 32 boxes,
    /// evenly chosen, speak for all.
    [[nodiscard]] std::optional<Point> shift(const BoxColumns& predicted, const BoxColumns& seen);

  private:
    struct Place {
        float x = 0, y = 0, height = 0;  ///< of the centre, px
    };
    /// From a predicted box to a detection.
    struct Way {
        std::size_t speaker = 0;
        float x = 0, y = 0;
        float tolerance = 0;  ///< px
    };
    void listen(const BoxColumns& predicted, const BoxColumns& seen);
    void collect(float reach);
    [[nodiscard]] float support(Point way) const;
    [[nodiscard]] Point elect();
    void choose(Point way);
    template <typename Of>
    [[nodiscard]] float median(Of&& of);

    std::vector<Place> speakers_, seen_, near_;
    std::vector<Way> ways_;  // by speaker, up to some reach
    std::vector<float> supports_;
    std::vector<Way> chosen_;  // one of each speaker who has one
    std::vector<float> sorted_;
};

}  // namespace saccade::track
