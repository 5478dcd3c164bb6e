#include <fmt/format.h>

#include <algorithm>

#include "profile/bench_report.h"
#include "profile/html/charts.h"
#include "profile/html/page.h"

namespace saccade::profile {
namespace {

using html::number;

std::string heading_of(const std::string& suite) {
    if (suite == "detector") return "Detector";
    if (suite == "decode") return "Decoding alone";
    if (suite == "streams") return "End to end, by streams";
    if (suite == "resolutions") return "End to end, by resolution";
    if (suite == "trackers") return "Trackers";
    if (suite == "start") return "Start";
    return suite;
}

void chart(const std::vector<const BenchRow*>& rows, html::Page& page) {
    const BenchRow& first = *rows.front();
    if (!first.axis.empty() && rows.size() > 1) {
        html::Series series{.name = first.suite, .points = true};
        html::Series limit{.name = first.limit_name};
        for (const BenchRow* row : rows) {
            const Spread s = row->spread();
            series.x.push_back(row->x);
            series.y.push_back(s.median);
            series.low.push_back(s.min);
            series.high.push_back(s.max);
            if (row->limit <= 0) continue;
            limit.x.push_back(row->x);
            limit.y.push_back(row->limit);
        }
        std::vector<html::Series> all{std::move(series)};
        if (!limit.x.empty()) all.push_back(std::move(limit));
        page.html(html::line_chart(all, {.x = first.axis, .y = first.unit}));
        return;
    }
    double most = 0;
    for (const BenchRow* row : rows) most = std::max({most, row->spread().max, row->limit});
    std::vector<html::Bar> bars;
    for (const BenchRow* row : rows) {
        const double median = row->spread().median;
        bars.push_back({row->name, fmt::format("{} {}", number(median), row->unit),
                        most > 0 ? median / most : 0, 0});
    }
    page.html(html::bars(bars));
}

void rows_table(const std::vector<const BenchRow*>& group, html::Page& page) {
    const std::vector<std::string> details = detail_names(group);
    std::vector<std::string> head{"", group.front()->unit, "spread", "min", "max"};
    head.insert(head.end(), details.begin(), details.end());
    if (has_limits(group)) head.emplace_back("efficiency");
    std::vector<std::vector<std::string>> rows;
    for (const BenchRow* row : group) {
        const Spread s = row->spread();
        std::vector<std::string> cells{
            row->name, number(s.median),
            fmt::format("{:.1f} %", s.median > 0 ? 100 * s.deviation / s.median : 0), number(s.min),
            number(s.max)};
        for (const std::string& name : details) cells.push_back(detail_text(*row, name));
        if (row->limit > 0) {
            cells.push_back(fmt::format("{:.0f} % of {} ({})", 100 * row->efficiency(),
                                        row->limit_name, number(row->limit)));
        }
        rows.push_back(std::move(cells));
    }
    page.table(head, rows);
}

}  // namespace

std::string bench_html(const BenchReport& report, const std::vector<BenchChange>& changes) {
    html::Page page("Saccade on this machine", report.setup + "; " + in_one_line(report.machine));
    std::vector<html::Tile> tiles;
    const std::vector<std::vector<const BenchRow*>> groups = groups_of(report);
    for (const auto& group : groups) {
        if (tiles.size() == 5) break;
        const auto best =
            std::max_element(group.begin(), group.end(), [](const auto* a, const auto* b) {
                return (a->spread().median < b->spread().median) == a->higher_is_better;
            });
        tiles.push_back({number((*best)->spread().median), (*best)->unit,
                         fmt::format("{}, {}", (*best)->suite, (*best)->name)});
    }
    page.tiles(tiles);
    for (const auto& group : groups) {
        const BenchRow& first = *group.front();
        const bool swept = !first.axis.empty() && group.size() > 1;
        page.section(heading_of(first.suite),
                     fmt::format("{}, median of {} repetitions; {} is better.{}", first.unit,
                                 first.values.size(), first.higher_is_better ? "higher" : "lower",
                                 swept ? " Lines at the points: least to most." : ""));
        chart(group, page);
        rows_table(group, page);
    }
    if (!changes.empty()) {
        page.section(
            "Against the older run",
            "A change counts where it is larger than 2 % and than three times the spread. It is "
            "unsure where other programs took more of the machine in the slower run.");
        std::vector<std::vector<std::string>> rows;
        for (const BenchChange& c : changes) {
            rows.push_back({c.after.suite + ", " + c.after.name, number(c.before.spread().median),
                            number(c.after.spread().median), c.after.unit,
                            fmt::format("{:+.1f} %", 100 * (c.comparison.ratio - 1)),
                            fmt::format("{:.1f} %", 100 * c.comparison.noise),
                            std::string(to_string(c.comparison.change))});
        }
        page.table({"", "before", "after", "unit", "change", "noise", "verdict"}, rows);
    }
    std::string versions;
    for (const auto& [name, version] : report.machine.versions) {
        versions += fmt::format(", {} {}", name, version);
    }
    return std::move(page).finish(fmt::format("{}; {}{}; {}; load before {:.2f}", report.command,
                                              report.date, versions, report.machine.kernel,
                                              report.machine.load));
}

}  // namespace saccade::profile
