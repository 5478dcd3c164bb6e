#include <fmt/format.h>

#include <algorithm>

#include "profile/html/charts.h"
#include "profile/html/page.h"
#include "profile/mission_report.h"

namespace saccade::profile {
namespace {

using html::number;

/// Theirs and ours of a table's first figure with anything to show, a pair of bars a row.
std::string chart(const MissionTable& table) {
    for (const std::string& name : figure_names(table)) {
        double most = 0;
        for (const MissionRow& row : table.rows) {
            const MissionFigure* f = figure_of(row, name);
            if (f != nullptr) most = std::max({most, f->theirs.value_or(0), f->ours.value_or(0)});
        }
        if (most <= 0) continue;
        std::vector<html::Bar> bars;
        for (const MissionRow& row : table.rows) {
            const MissionFigure* f = figure_of(row, name);
            if (f == nullptr) continue;
            const auto add = [&](const char* whose, const std::optional<double>& value, int color) {
                if (!value) return;
                bars.push_back({fmt::format("{}, {}", row.name, whose),
                                fmt::format("{} {}", number(*value), name), *value / most, color});
            };
            add("theirs", f->theirs, 3);
            add("ours", f->ours, 0);
        }
        return html::bars(bars);
    }
    return {};
}

}  // namespace

std::string mission_html(const MissionReport& report) {
    html::Page page("The mission on this machine",
                    report.setup + "; " + in_one_line(report.machine));
    const MissionScore score = score_of(report);
    page.tiles({{fmt::format("{} of {}", score.met, score.aims), "rows", "meet their aim"},
                {fmt::format("{}", score.left_out), "rows", "left out, with the reason"}});
    page.callout(score.met == score.aims ? "good" : "bad", summary_of(report));
    int place = 0;
    for (const MissionTable& table : report.tables) {
        page.section(fmt::format("{}. {}", ++place, table.title), table.note);
        page.html(chart(table));
        const MissionCells cells = cells_of(table);
        page.table(cells.head, cells.rows);
    }
    return std::move(page).finish(
        fmt::format("Theirs: an RTX 3090, YOLO11n, Python. {}; {}; load "
                    "before {:.2f}",
                    report.command, report.date, report.machine.load));
}

}  // namespace saccade::profile
