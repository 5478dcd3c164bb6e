// Counts who crosses a line and how long who stays in a zone.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "saccade/error.h"
#include "saccade/types.h"
#include "track/point.h"

namespace saccade::track {

/// A directed line: who goes from its left to its right, seen along it from start to end, goes in.
/// (A line drawn from left to right on the screen is crossed inwards by going down.)
struct Line {
    Point start, end;
    std::string name;
};

/// A closed polygon, insides by the even-odd rule.
struct Zone {
    std::vector<Point> corners;
    std::string name;
};

/// "x1,y1,x2,y2" or "x1,y1,x2,y2:name". Errors: invalid_argument.
[[nodiscard]] Result<Line> parse_line(std::string_view text);
/// "x1,y1,x2,y2,x3,y3,..." with three corners or more, and maybe ":name". Errors: invalid_argument.
[[nodiscard]] Result<Zone> parse_zone(std::string_view text);

/// One object at one line.
struct Crossing {
    std::size_t line = 0;  ///< which, by its place in the list
    std::int64_t id = 0;   ///< of the track
    int class_id = 0;
    bool in = false;
    Timestamp at{0};  ///< when the straight way between its two sightings meets the line
    Point place;      ///< where
};

struct LineCounts {
    std::uint64_t in = 0, out = 0;
    friend bool operator==(const LineCounts&, const LineCounts&) = default;
};

struct ZoneCounts {
    std::uint64_t visitors = 0;  ///< objects that were inside at some time
    std::uint64_t inside = 0;    ///< at the latest frame
    double dwell_seconds = 0;    ///< of all visitors together
    double longest_seconds = 0;  ///< of one visitor, all its visits together
    friend bool operator==(const ZoneCounts&, const ZoneCounts&) = default;
};

/// Counts so far, by class id.
struct CountSummary {
    struct OfLine {
        std::string name;
        std::map<int, LineCounts> by_class;
    };
    struct OfZone {
        std::string name;
        std::map<int, ZoneCounts> by_class;
    };
    std::vector<OfLine> lines;
    std::vector<OfZone> zones;
};

/// Watches confirmed tracks of one stream by the middle of their lower edge, where people and
/// vehicles touch the ground. An object on a line is on neither side of it until it is a 20th of
/// its height away, so that one who stands there is not counted again and again. Time inside runs
/// between two sightings that are both inside. One thread at a time.
class Counter {
  public:
    /// Nameless lines and zones are called "line 1", "zone 1", ...
    Counter(std::vector<Line> lines, std::vector<Zone> zones);

    /// Takes the tracks of the next frame. Frames come in order of time.
    void update(std::span<const Track> tracks, Timestamp pts);
    [[nodiscard]] CountSummary summary() const;
    /// Those that the latest frame has told of.
    [[nodiscard]] std::span<const Crossing> crossings() const noexcept { return crossings_; }

  private:
    struct OnLine {
        bool known = false;
        Point settled;       ///< where it last was clearly on one side
        Timestamp at{0};     ///< when
        bool right = false;  ///< which
    };
    struct InZone {
        bool visited = false, inside = false;
        double seconds = 0;
        int class_id = 0;  ///< under which it is counted
    };
    struct Object {
        Timestamp seen{0};
        std::vector<OnLine> lines;
        std::vector<InZone> zones;
    };

    void cross(std::size_t line, OnLine& state, const Track& track, Timestamp pts);
    void stay(std::size_t zone, InZone& state, Point at, double step, int class_id);
    void forget(Timestamp pts);

    std::vector<Line> lines_;
    std::vector<Zone> zones_;
    std::vector<std::map<int, LineCounts>> line_counts_;
    std::vector<std::map<int, ZoneCounts>> zone_counts_;
    std::vector<Crossing> crossings_;  // of the latest frame
    std::unordered_map<std::int64_t, Object> objects_;
    Timestamp swept_{0};  ///< when the unseen were last forgotten
};

}  // namespace saccade::track
