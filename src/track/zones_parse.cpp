#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "track/zones.h"

namespace saccade::track {
namespace {

struct Named {
    std::vector<Point> points;
    std::string name;
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
    while (true) {
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        float value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
        numbers.push_back(value);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        if (text.empty()) break;
        if (text.front() != ',') return std::nullopt;
        text.remove_prefix(1);
    }
    if (numbers.size() % 2 != 0) return std::nullopt;
    for (std::size_t i = 0; i < numbers.size(); i += 2) {
        result.points.push_back({numbers[i], numbers[i + 1]});
    }
    return result;
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
    return Line{named->points[0], named->points[1], std::move(named->name)};
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
    return Zone{std::move(named->points), std::move(named->name)};
}

}  // namespace saccade::track
