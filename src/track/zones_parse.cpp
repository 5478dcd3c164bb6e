#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "track/ground.h"
#include "track/zones.h"

namespace saccade::track {
namespace {

struct Named {
    std::vector<Point> points;
    std::string name;
    bool metres = false;
};

/// "x,y,x,y,...[:name]", or nothing where it is not of that form.
std::optional<Named> parse_points(std::string_view text) {
    Named result;
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        result.name = text.substr(colon + 1);
        if (result.name.empty()) return std::nullopt;
        text = text.substr(0, colon);
    }
    std::vector<float> numbers;
    std::size_t in_metres = 0;
    while (true) {
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        float value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
        numbers.push_back(value);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (text.starts_with('m')) text.remove_prefix(1), ++in_metres;
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        if (text.empty()) break;
        if (text.front() != ',') return std::nullopt;
        text.remove_prefix(1);
    }
    if (numbers.size() % 2 != 0) return std::nullopt;
    if (in_metres != 0 && in_metres != numbers.size()) return std::nullopt;
    result.metres = in_metres != 0;
    for (std::size_t i = 0; i < numbers.size(); i += 2) {
        result.points.push_back({numbers[i], numbers[i + 1]});
    }
    return result;
}

/// A point in metres becomes one of the picture.
Result<void> to_pixel(Point& p, const GroundPlane* ground, const char* kind,
                      const std::string& name) {
    const std::string which = name.empty() ? std::string() : " \"" + name + "\"";
    if (ground == nullptr) {
        return fail(
            ErrorCode::invalid_argument,
            fmt::format("the {}{} is in metres, and nothing tells where they are", kind, which),
            "say so with --ground, or give pixels");
    }
    const auto pixel = ground->pixel_of({p.x, p.y});
    if (!pixel) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("the {}{} is not all in front of the horizon: {:g} m, {:g} m is "
                                "behind it",
                                kind, which, p.x, p.y),
                    "keep to the ground that the picture shows");
    }
    p = *pixel;
    return {};
}

bool same(Point a, Point b) {
    return a.x == b.x && a.y == b.y;
}

}  // namespace

Result<Line> parse_line(std::string_view text) {
    auto named = parse_points(text);
    if (!named || named->points.size() != 2 || same(named->points[0], named->points[1])) {
        return fail(ErrorCode::invalid_argument, fmt::format("\"{}\" is no line", text),
                    "write it as x1,y1,x2,y2 or x1,y1,x2,y2:name with two different points");
    }
    return Line{named->points[0], named->points[1], std::move(named->name), named->metres};
}

Result<Zone> parse_zone(std::string_view text) {
    auto named = parse_points(text);
    bool flat = true;  // all corners on one line
    if (named && named->points.size() >= 3) {
        const Point o = named->points[0];
        for (std::size_t i = 1; i + 1 < named->points.size() && flat; ++i) {
            for (std::size_t j = i + 1; j < named->points.size() && flat; ++j) {
                const Point a = named->points[i], b = named->points[j];
                flat = (static_cast<double>(a.x) - o.x) * (static_cast<double>(b.y) - o.y) ==
                       (static_cast<double>(a.y) - o.y) * (static_cast<double>(b.x) - o.x);
            }
        }
    }
    if (flat) {
        return fail(ErrorCode::invalid_argument, fmt::format("\"{}\" is no zone", text),
                    "write it as x1,y1,x2,y2,x3,y3,... with three corners or more, not in one "
                    "line, and :name after it if you like");
    }
    return Zone{std::move(named->points), std::move(named->name), named->metres};
}

Result<Line> in_pixels(Line line, const GroundPlane* ground) {
    if (!line.metres) return line;
    for (Point* p : {&line.start, &line.end}) {
        if (auto ok = to_pixel(*p, ground, "line", line.name); !ok) return fail(ok.error());
    }
    line.metres = false;
    return line;
}

Result<Zone> in_pixels(Zone zone, const GroundPlane* ground) {
    if (!zone.metres) return zone;
    for (Point& p : zone.corners) {
        if (auto ok = to_pixel(p, ground, "zone", zone.name); !ok) return fail(ok.error());
    }
    zone.metres = false;
    return zone;
}

}  // namespace saccade::track
