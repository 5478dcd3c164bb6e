#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "profile/bench_report.h"
#include "profile/html/page.h"

namespace saccade::profile {
namespace {

using html::number;

using Cells = std::vector<std::string>;

Cells cells_of(const BenchRow& row, const std::vector<std::string>& details, bool limits) {
    const Spread s = row.spread();
    Cells cells{row.name, number(s.median),
                fmt::format("{:.1f} %", s.median > 0 ? 100 * s.deviation / s.median : 0),
                number(s.min), number(s.max)};
    for (const std::string& name : details) cells.push_back(detail_text(row, name));
    if (!limits) return cells;
    cells.push_back(
        row.limit > 0 ? fmt::format("{:.0f} % of {}", 100 * row.efficiency(), row.limit_name) : "");
    return cells;
}

Cells head_of(const BenchRow& first, const std::vector<std::string>& details, bool limits) {
    Cells head{first.suite, first.unit, "spread", "min", "max"};
    head.insert(head.end(), details.begin(), details.end());
    if (limits) head.push_back("efficiency");
    return head;
}

Cells cells_of(const BenchChange& change) {
    return {change.after.suite + ", " + change.after.name,
            number(change.before.spread().median),
            number(change.after.spread().median),
            fmt::format("{:+.1f} %", 100 * (change.comparison.ratio - 1)),
            fmt::format("{:.1f} %", 100 * change.comparison.noise),
            std::string(to_string(change.comparison.change))};
}

const Cells change_head = {"compared with before", "before", "after", "change", "noise", "verdict"};

/// `mark`: a table of Markdown, else columns of spaces.
std::string table(const Cells& head, const std::vector<Cells>& rows, bool mark) {
    const bool words_last = head.back() == "efficiency" || head.back() == "verdict";
    std::vector<std::size_t> width(head.size(), 3);
    for (std::size_t i = 0; i < head.size(); ++i) {
        width[i] = std::max(width[i], head[i].size());
        for (const Cells& row : rows) width[i] = std::max(width[i], row[i].size());
    }
    const auto line = [&](const Cells& cells) {
        std::string text = mark ? "|" : " ";
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const bool name = i == 0 || (words_last && i + 1 == cells.size());
            text += name ? fmt::format(" {:<{}}", cells[i], width[i])
                         : fmt::format(" {:>{}}", cells[i], width[i]);
            text += mark ? " |" : " ";
        }
        while (text.back() == ' ') text.pop_back();
        text += '\n';
        return text;
    };
    std::string text = line(head);
    if (mark) {
        text += '|';
        for (std::size_t i = 0; i < head.size(); ++i) {
            const bool name = i == 0 || (words_last && i + 1 == head.size());
            text += fmt::format(" {:->{}}{} |", "", width[i] - (name ? 0 : 1), name ? "" : ":");
        }
        text += '\n';
    }
    for (const Cells& row : rows) text += line(row);
    text += '\n';
    return text;
}

std::string tables(const BenchReport& report, const std::vector<BenchChange>& changes, bool mark) {
    std::string text;
    for (const auto& group : groups_of(report)) {
        const std::vector<std::string> details = detail_names(group);
        std::vector<Cells> rows;
        for (const BenchRow* row : group)
            rows.push_back(cells_of(*row, details, has_limits(group)));
        text += table(head_of(*group.front(), details, has_limits(group)), rows, mark);
    }
    if (changes.empty()) return text;
    std::vector<Cells> rows;
    for (const BenchChange& change : changes) rows.push_back(cells_of(change));
    return text + table(change_head, rows, mark);
}

}  // namespace

std::vector<std::string> detail_names(const std::vector<const BenchRow*>& rows) {
    std::vector<std::string> names;
    for (const BenchRow* row : rows) {
        for (const BenchDetail& detail : row->details) {
            if (std::find(names.begin(), names.end(), detail.name) == names.end()) {
                names.push_back(detail.name);
            }
        }
    }
    return names;
}

bool has_limits(const std::vector<const BenchRow*>& rows) {
    return std::any_of(rows.begin(), rows.end(),
                       [](const BenchRow* row) { return row->limit > 0; });
}

std::string detail_text(const BenchRow& row, const std::string& name) {
    const auto found = std::find_if(row.details.begin(), row.details.end(),
                                    [&](const BenchDetail& detail) { return detail.name == name; });
    return found == row.details.end() ? "" : number(found->value);
}

std::vector<std::vector<const BenchRow*>> groups_of(const BenchReport& report) {
    std::vector<std::vector<const BenchRow*>> groups;
    for (const BenchRow& row : report.rows) {
        const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
            return group.front()->suite == row.suite && group.front()->unit == row.unit;
        });
        (same == groups.end() ? groups.emplace_back() : *same).push_back(&row);
    }
    return groups;
}

std::string bench_text(const BenchReport& report, const std::vector<BenchChange>& changes) {
    return fmt::format("{}\n{}\n\n", report.setup, in_one_line(report.machine)) +
           tables(report, changes, false);
}

std::string bench_markdown(const BenchReport& report, const std::vector<BenchChange>& changes) {
    std::string versions;
    for (const auto& [name, version] : report.machine.versions) {
        versions += fmt::format("{}{} {}", versions.empty() ? "" : ", ", name, version);
    }
    return fmt::format(
               "`{}`, {}\n\n{}. {}. {}. Load before: {:.2f}. Median of the repetitions, spread: "
               "median deviation.\n\n",
               report.command, report.date, report.setup, in_one_line(report.machine), versions,
               report.machine.load) +
           tables(report, changes, true);
}

}  // namespace saccade::profile
