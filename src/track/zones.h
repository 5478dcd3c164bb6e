// Counts who crosses a line and how long who stays in a zone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "saccade/error.h"
#include "saccade/types.h"
#include "track/point.h"

namespace saccade::track {

class GroundPlane;

/// A directed line: who goes from its left to its right, seen along it from start to end, goes in.
/// (A line drawn from left to right on the screen is crossed inwards by going down.)
struct Line {
    Point start, end;
    std::string name;
    bool metres = false;  ///< of the ground, whose y points the other way than the picture's
};

/// A closed polygon, insides by the even-odd rule.
struct Zone {
    std::vector<Point> corners;
    std::string name;
    bool metres = false;
};

/// "x1,y1,x2,y2" or "x1,y1,x2,y2:name", px or, with an m behind each number, metres.
/// Errors: invalid_argument.
[[nodiscard]] Result<Line> parse_line(std::string_view text);
/// "x1,y1,x2,y2,x3,y3,..." with three corners or more, and maybe ":name"; units as in lines.
/// Errors: invalid_argument.
[[nodiscard]] Result<Zone> parse_zone(std::string_view text);

/// What is in metres brought to the picture, where straight stays straight and left stays left.
/// Errors: invalid_argument where it is in metres and `ground` is none, or not all of it lies in
/// front of the horizon.
[[nodiscard]] Result<Line> in_pixels(Line line, const GroundPlane* ground);
[[nodiscard]] Result<Zone> in_pixels(Zone zone, const GroundPlane* ground);

/// One object at one line.
struct Crossing {
    std::size_t line = 0;  ///< which, by its place in the list
    std::int64_t id = 0;   ///< of the track
    int class_id = 0;
    bool in = false;
    Timestamp at{0};    ///< when the straight way between its two sightings meets the line
    Point place;        ///< where
    double height = 0;  ///< of its box then, px
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
/// between two sightings that are both inside.
///
/// Tracks begin late and end early, more often beside a line than one would think: whoever was
/// followed for 0.3 s or more is taken to have come the same way for 0.6 s and a frame's time
/// before, and to have gone on for as long once unseen for 2 s or at the end.
/// (bench/results/trackers.md: that finds more crossings than it invents.) Such crossings are told
/// when they are known, at their own times. One thread at a time.
class Counter {
  public:
    enum class Ends {
        prolonged,  ///< as said above
        as_seen     ///< for who knows that nobody was overlooked: a ground truth
    };
    /// Nameless lines and zones are called "line 1", "zone 1", ...
    Counter(std::vector<Line> lines, std::vector<Zone> zones, Ends ends = Ends::prolonged);

    /// Takes the tracks of the next frame. Frames come in order of time.
    void update(std::span<const Track> tracks, Timestamp pts);
    /// Nobody looked between the latest frame and the next one (a camera was away). Nobody is taken
    /// to have gone on into that time, or to have come out of it: what is counted over it are
    /// those who were seen on both sides of it, under one identity. Else somebody who goes on
    /// under another one would be counted twice.
    void gap() noexcept { gap_ = true; }
    /// No frames come any more: those who left in the last 2 s have gone on too.
    void finish();
    [[nodiscard]] CountSummary summary() const;
    /// Those that the latest frame, or finish(), has told of, by their times.
    [[nodiscard]] std::span<const Crossing> crossings() const noexcept { return crossings_; }

  private:
    struct OnLine {
        bool known = false;
        Point settled;         ///< where it last was clearly on one side
        Timestamp at{0};       ///< when
        bool right = false;    ///< which
        bool crossed = false;  ///< ever
    };
    struct Sighting {
        std::int64_t id = 0;
        int class_id = 0;
        Timestamp at{0};
        Point foot;
        double height = 0;  ///< px
    };
    struct InZone {
        bool visited = false, inside = false;
        double seconds = 0;
        int class_id = 0;  ///< under which it is counted
    };
    struct Object {
        Sighting first, last;
        Sighting before;                  ///< 1 to 2 s before `last`, as far as it was seen then
        Sighting middle;                  ///< what `before` will be next
        bool came = false, went = false;  ///< prolonged at the beginning, at the end
        std::vector<OnLine> lines;
        std::vector<InZone> zones;
    };

    void move(Object& object, const Sighting& now);
    void come(const Object& object);
    void go(Object& object, double most);
    void cross_gap(Timestamp pts);
    void cross(std::size_t line, OnLine& state, const Sighting& now);
    void sort_crossings();
    void stay(std::size_t zone, InZone& state, Point at, double step, int class_id);
    void forget(Timestamp pts);

    Ends ends_;
    std::vector<Line> lines_;
    std::vector<Zone> zones_;
    std::vector<std::map<int, LineCounts>> line_counts_;
    std::vector<std::map<int, ZoneCounts>> zone_counts_;
    std::vector<Crossing> crossings_;  // of the latest frame
    std::unordered_map<std::int64_t, Object> objects_;
    Timestamp now_{0};  ///< of the latest frame
    bool started_ = false;
    bool gap_ = false;                        ///< in front of the next frame
    std::optional<Timestamp> watched_since_;  ///< where it was not always
    double step_ = 0;                         ///< s, to it from the one before
    Timestamp swept_{0};                      ///< when the unseen were last forgotten
};

}  // namespace saccade::track
