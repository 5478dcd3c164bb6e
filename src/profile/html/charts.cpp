#include "profile/html/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "profile/html/page.h"
#include "profile/statistics.h"

namespace saccade::profile::html {
namespace {

constexpr double left = 54, right = 14, top = 14, bottom = 42;

std::string color(int index) {
    return index < 0 ? "var(--wait)" : fmt::format("var(--c{})", index % 6);
}

/// A drawing with a scale of its own.
class Plot {
  public:
    Plot(const Axes& axes, double x_low, double x_high, double y_high)
        : axes_(axes),
          x_low_(x_low),
          x_high_(x_high > x_low ? x_high : x_low + 1),
          y_high_(y_high) {
        add("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">", axes.width,
            axes.height, escape(axes.y + " over " + axes.x));
    }
    template <typename... Args>
    void add(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    }
    [[nodiscard]] double px(double x) const {
        return left + (axes_.width - left - right) * (x - x_low_) / (x_high_ - x_low_);
    }
    [[nodiscard]] double py(double y) const {
        return axes_.height - bottom - (axes_.height - top - bottom) * y / y_high_;
    }
    void grid() {
        for (const double y : ticks(y_high_, 5)) {
            if (y > y_high_ * 1.001) break;
            add("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\" "
                "stroke=\"var(--grid)\"/>",
                left, axes_.width - right, py(y), py(y));
            add("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", left - 8,
                py(y) + 4, fmt::format("{:g}", y));
        }
        add("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", axes_.width - right,
            axes_.height - 6, escape(axes_.x));
        add("<text x=\"4\" y=\"{:.1f}\">{}</text>", axes_.height - 6, escape(axes_.y));
    }
    void x_tick(double x, const std::string& label) {
        add("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", px(x),
            axes_.height - bottom + 17, escape(label));
    }
    [[nodiscard]] std::string finish() && { return std::move(text_) + "</svg>\n"; }

  private:
    const Axes& axes_;
    double x_low_, x_high_, y_high_;
    std::string text_;
};

std::string legend(const std::vector<std::pair<std::string, int>>& entries) {
    std::string text = "<div class=\"legend\">";
    for (const auto& [name, index] : entries) {
        text += fmt::format("<span><i style=\"background:{}\"></i>{}</span>", color(index),
                            escape(name));
    }
    return text + "</div>\n";
}

double top_of(const std::vector<double>& all) {
    double most = 0;
    for (const double value : all) most = std::max(most, std::isfinite(value) ? value : 0);
    return most > 0 ? ticks(most, 5).back() : 1;
}

void draw(const Series& s, int index, Plot& plot) {
    const std::size_t count = std::min(s.x.size(), s.y.size());
    if (count == 0) return;
    std::string path;
    for (std::size_t i = 0; i < count; ++i) {
        path +=
            fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", plot.px(s.x[i]), plot.py(s.y[i]));
    }
    if (s.area) {
        plot.add("<path d=\"{}L{:.1f} {:.1f}L{:.1f} {:.1f}Z\" fill=\"{}\" opacity=\".14\"/>", path,
                 plot.px(s.x[count - 1]), plot.py(0), plot.px(s.x[0]), plot.py(0), color(index));
    }
    plot.add(
        "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.8\" "
        "stroke-linejoin=\"round\"/>",
        path, color(index));
    for (std::size_t i = 0; i < count; ++i) {
        if (i < s.low.size() && i < s.high.size()) {
            plot.add(
                "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"{3}\" "
                "stroke-width=\"1.5\" opacity=\".55\"/>",
                plot.px(s.x[i]), plot.py(s.low[i]), plot.py(s.high[i]), color(index));
        }
        if (!s.points) continue;
        plot.add(
            "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"><title>{}</title></circle>",
            plot.px(s.x[i]), plot.py(s.y[i]), color(index), number(s.y[i]));
        plot.add("<text class=\"ink\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
                 plot.px(s.x[i]), plot.py(s.y[i]) - 10, number(s.y[i]));
    }
}

}  // namespace

std::vector<double> ticks(double most, int count) {
    if (!(most > 0) || !std::isfinite(most)) return {0, 1};
    const double rough = most / std::max(count, 1);
    const double power = std::pow(10, std::floor(std::log10(rough)));
    double step = 10 * power;
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= rough * (1 - 1e-9)) {
            step = factor * power;
            break;
        }
    }
    std::vector<double> values{0};
    for (int i = 1; values.back() < most * (1 - 1e-9); ++i) values.push_back(i * step);
    return values;
}

std::string line_chart(const std::vector<Series>& series, const Axes& axes) {
    std::vector<double> all, xs;
    bool points = false;
    for (const Series& s : series) {
        all.insert(all.end(), s.y.begin(), s.y.end());
        all.insert(all.end(), s.high.begin(), s.high.end());
        xs.insert(xs.end(), s.x.begin(), s.x.end());
        points = points || s.points;
    }
    if (xs.empty()) return "<p class=\"note\">Nothing was measured.</p>\n";
    const auto [first, last] = std::minmax_element(xs.begin(), xs.end());
    const double margin = points ? 0.05 * std::max(*last - *first, 1.0) : 0;
    // Labels stand above their points: room for them.
    Plot plot(axes, *first - margin, *last + margin, top_of(all) * (points ? 1.08 : 1));
    plot.grid();
    if (points) {
        std::sort(xs.begin(), xs.end());
        xs.erase(std::unique(xs.begin(), xs.end()), xs.end());
        for (const double x : xs) plot.x_tick(x, fmt::format("{:g}", x));
    } else {
        for (const double x : ticks(*last, 8)) {
            if (x >= *first && x <= *last) plot.x_tick(x, fmt::format("{:g}", x));
        }
    }
    for (std::size_t i = 0; i < series.size(); ++i) draw(series[i], static_cast<int>(i), plot);
    std::vector<std::pair<std::string, int>> names;
    for (std::size_t i = 0; i < series.size(); ++i) {
        names.emplace_back(series[i].name, static_cast<int>(i));
    }
    return std::move(plot).finish() + (series.size() > 1 ? legend(names) : "");
}

std::string histogram(const std::vector<double>& values, const std::vector<Mark>& marks,
                      const Axes& axes) {
    if (values.empty()) return "<p class=\"note\">Nothing was measured.</p>\n";
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    constexpr std::size_t bins = 60;
    const double end = ticks(std::max(percentile(sorted, 0.995), 1e-9), 8).back();
    std::vector<double> counts(bins, 0);
    for (const double value : sorted) {
        const double at = value / end * static_cast<double>(bins);
        if (at >= 0 && at < static_cast<double>(bins)) ++counts[static_cast<std::size_t>(at)];
    }
    Plot plot(axes, 0, end, top_of(counts) * 1.1);
    plot.grid();
    for (const double x : ticks(end, 8)) plot.x_tick(x, fmt::format("{:g}", x));
    for (std::size_t i = 0; i < bins; ++i) {
        if (counts[i] == 0) continue;
        const double from = plot.px(end * static_cast<double>(i) / bins);
        const double to = plot.px(end * static_cast<double>(i + 1) / bins);
        plot.add(
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"1.5\" "
            "fill=\"var(--c0)\"><title>{:.0f} frames</title></rect>",
            from + 0.5, plot.py(counts[i]), to - from - 1, plot.py(0) - plot.py(counts[i]),
            counts[i]);
    }
    double row = top - 2;
    for (const Mark& mark : marks) {
        if (mark.value > end) continue;
        plot.add(
            "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\" "
            "stroke=\"var(--ink)\" stroke-dasharray=\"3 3\" opacity=\".6\"/>",
            plot.px(mark.value), row, plot.py(0));
        const bool far = plot.px(mark.value) > axes.width - 130;
        plot.add("<text class=\"ink\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{} {}</text>",
                 plot.px(mark.value) + (far ? -5 : 5), row + 9, far ? "end" : "start",
                 escape(mark.name), number(mark.value));
        row += 15;
    }
    return std::move(plot).finish();
}

std::string share_bar(const std::vector<Part>& parts, const std::string& unit) {
    double all = 0;
    for (const Part& part : parts) all += std::max(0.0, part.value);
    if (all <= 0) return "<p class=\"note\">Nothing was measured.</p>\n";
    std::string text = "<svg viewBox=\"0 0 1000 38\" role=\"img\" aria-label=\"shares\">";
    std::string names = "<div class=\"legend\">";
    double x = 0;
    for (const Part& part : parts) {
        const double width = 1000 * std::max(0.0, part.value) / all;
        text += fmt::format(
            "<rect x=\"{:.1f}\" y=\"2\" width=\"{:.1f}\" height=\"34\" rx=\"3\" "
            "fill=\"{}\"><title>{}: {} {}</title></rect>",
            x, std::max(0.0, width - 2), color(part.color), escape(part.name), number(part.value),
            escape(unit));
        if (width > 60) {
            text += fmt::format(
                "<text x=\"{:.1f}\" y=\"24\" text-anchor=\"middle\" style=\"fill:#fff;"
                "font-weight:600\">{:.0f} %</text>",
                x + width / 2, 100 * part.value / all);
        }
        names +=
            fmt::format("<span><i style=\"background:{}\"></i>{} {} {}</span>", color(part.color),
                        escape(part.name), number(part.value), escape(unit));
        x += width;
    }
    return text + "</svg>\n" + names + "</div>\n";
}

std::string bars(const std::vector<Bar>& bars) {
    constexpr double row = 28, name_width = 230, text_width = 190, full = 1000;
    std::string text =
        fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"bars\">", full,
                    row * static_cast<double>(bars.size()) + 4);
    double y = 2;
    for (const Bar& bar : bars) {
        const double room = full - name_width - text_width;
        const double width = room * std::clamp(bar.value, 0.0, 1.0);
        text += fmt::format("<text class=\"ink\" x=\"0\" y=\"{:.1f}\" font-size=\"13\">{}</text>",
                            y + 18, escape(bar.name));
        text += fmt::format(
            "<rect x=\"{:.0f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"16\" rx=\"4\" "
            "fill=\"var(--grid)\"/>",
            name_width, y + 6, room);
        text += fmt::format(
            "<rect x=\"{:.0f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"16\" rx=\"4\" "
            "fill=\"{}\"/>",
            name_width, y + 6, std::max(width, 1.0), color(bar.color));
        text += fmt::format("<text x=\"{:.0f}\" y=\"{:.1f}\" font-size=\"13\">{}</text>",
                            full - text_width + 12, y + 18, escape(bar.text));
        y += row;
    }
    return text + "</svg>\n";
}

std::string timeline(const std::vector<Lane>& lanes, double begin, double end) {
    if (lanes.empty() || end <= begin) return "<p class=\"note\">Nothing was measured.</p>\n";
    constexpr double row = 30, name_width = 130, full = 1000;
    const double height = row * static_cast<double>(lanes.size());
    const auto px = [&](double t) {
        return name_width + (full - name_width) * (t - begin) / (end - begin);
    };
    std::string text =
        fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"timeline\">",
                    full, height + 26);
    const double length_ms = 1e3 * (end - begin);
    for (const double tick : ticks(length_ms, 8)) {
        if (tick > length_ms) break;
        const double x = px(begin + tick / 1e3);
        text += fmt::format(
            "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"{1:.1f}\" "
            "stroke=\"var(--grid)\"/>",
            x, height);
        text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{:g} ms</text>", x,
                            height + 18, tick == 0 ? "start" : (x > full - 30 ? "end" : "middle"),
                            tick);
    }
    double y = 0;
    for (const Lane& lane : lanes) {
        text += fmt::format("<text class=\"ink\" x=\"0\" y=\"{:.1f}\" font-size=\"13\">{}</text>",
                            y + 20, escape(lane.name));
        for (const Lane::Span& span : lane.spans) {
            text += fmt::format(
                "<rect x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{}\" rx=\"2\" "
                "fill=\"{}\"><title>{}: {} ms</title></rect>",
                px(span.begin), y + (span.color < 0 ? 11 : 5),
                std::max(0.6, px(span.end) - px(span.begin) - 0.8), span.color < 0 ? 8 : 20,
                color(span.color), escape(span.label), number(1e3 * (span.end - span.begin)));
        }
        y += row;
    }
    return text + "</svg>\n";
}

}  // namespace saccade::profile::html
