// How well tracks count: crossings of lines and stays in zones against those of the ground truth.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "eval/mot_file.h"
#include "track/zones.h"

namespace saccade::eval {

/// Lines and zones in px of the files.
struct CountPlaces {
    std::vector<track::Line> lines;
    std::vector<track::Zone> zones;
};

/// `lines` and `zones` by chance, for a sequence that nobody drew any for: reproducible, the same
/// everywhere. The ends of a line and the opposite corners of an upright zone lie anywhere in the
/// rectangle that holds all feet of the truth, a quarter of its diagonal apart or more.
[[nodiscard]] CountPlaces random_places(const MotFile& truth, int lines, int zones,
                                        std::uint64_t seed);

/// Rows of MOT files as a film: frame 1 is at 0 s.
struct Footage {
    const MotFile& file;
    double rate = 30;  ///< frames per second
};

/// What became of one line, in both directions.
struct LineScore {
    track::LineCounts truth, counted;
};

/// Events are whole numbers. A crossing of the truth is found where tracks cross the same line in
/// the same direction within a second of it and within the object's height of its place.
struct CountScore {
    double crossings = 0;  ///< of the truth
    double counted = 0;    ///< of the tracks
    double found = 0;
    double missed = 0;     ///< of the truth, with no crossing of the tracks near
    double wrong_way = 0;  ///< of the truth, with one near in the other direction only
    double doubled = 0;    ///< of the tracks, near one of the truth that was found already
    double invented = 0;   ///< of the tracks, near none
    /// Sum over lines and directions of |counted - truth|: what a person sees who compares two
    /// lists. Never above the sum of the faults, which may cancel out.
    double difference = 0;

    double visitors = 0, visitors_difference = 0;  ///< the same for visitors of zones
    double dwell_seconds = 0, dwell_difference = 0;

    /// Part of the truth, 0 where that is 0 too. `error` of the figures, `event_error` of events.
    [[nodiscard]] double error() const noexcept;
    [[nodiscard]] double event_error() const noexcept;
    [[nodiscard]] double visitors_error() const noexcept;
    [[nodiscard]] double dwell_error() const noexcept;
};

struct CountEvaluation {
    CountScore score;
    std::vector<LineScore> lines;  ///< one for each of CountPlaces::lines
};

/// Both sides are counted by track::Counter, each at its own rate; the ends of tracks are prolonged
/// as in a run, if `ends` says nothing else, those of the truth are not. Classes are not told
/// apart: these files hold people.
CountEvaluation evaluate_counts(const Footage& truth, const Footage& tracks,
                                const CountPlaces& places,
                                track::Counter::Ends ends = track::Counter::Ends::prolonged);

/// Several sequences as one: all is added.
CountScore combine(std::span<const CountScore> scores);

}  // namespace saccade::eval
