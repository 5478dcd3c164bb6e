// Charts as inline SVG. Colours come from the page's style: series n has the colour --cn.
#pragma once

#include <string>
#include <vector>

namespace saccade::profile::html {

struct Axes {
    std::string x, y;                   ///< what they show, with the unit
    double width = 1000, height = 260;  ///< of the drawing; it scales to the page
};

struct Series {
    std::string name;
    std::vector<double> x, y;
    std::vector<double> low, high;  ///< of each point, or empty
    bool area = false;              ///< filled down to 0
    bool points = false;            ///< marked, where there are few
};
/// Lines from 0 upwards, with a legend where there are several.
[[nodiscard]] std::string line_chart(const std::vector<Series>& series, const Axes& axes);

/// Counts of values in equal bins up to their 99.5th percentile; `marks` are vertical lines.
struct Mark {
    std::string name;
    double value = 0;
};
[[nodiscard]] std::string histogram(const std::vector<double>& values,
                                    const std::vector<Mark>& marks, const Axes& axes);

struct Part {
    std::string name;
    double value = 0;
    int color = 0;
};
/// One bar of all parts in proportion, with a legend.
[[nodiscard]] std::string share_bar(const std::vector<Part>& parts, const std::string& unit);

struct Bar {
    std::string name, text;  ///< text: behind the bar
    double value = 0;        ///< 0..1 of the full width
    int color = 0;
};
[[nodiscard]] std::string bars(const std::vector<Bar>& bars);

struct Lane {
    struct Span {
        double begin = 0, end = 0;  ///< seconds
        int color = 0;              ///< -1: time spent waiting
        std::string label;          ///< shown on hovering
    };
    std::string name;
    std::vector<Span> spans;
};
/// What each lane was doing between two times in seconds.
[[nodiscard]] std::string timeline(const std::vector<Lane>& lanes, double begin, double end);

/// Steps of 1, 2 or 5 times a power of ten, from 0 to at least `most`, about `count` of them.
[[nodiscard]] std::vector<double> ticks(double most, int count);

}  // namespace saccade::profile::html
