#include "profile/mission_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "profile/html/page.h"

namespace saccade::profile {
namespace {

using html::number;

bool measured(const MissionRow& row) {
    return row.left_out.empty();
}

/// Whether a figure with an aim meets it; nothing where it has none or was not measured.
std::optional<bool> meets(const MissionFigure& figure) {
    if (!figure.ours || (figure.at_least <= 0 && figure.at_most <= 0)) return std::nullopt;
    return (figure.at_least <= 0 || *figure.ours > figure.at_least) &&
           (figure.at_most <= 0 || *figure.ours < figure.at_most);
}

std::string missed(const MissionFigure& figure) {
    return fmt::format("{} {} where {} {} is wanted", number(*figure.ours), figure.name,
                       figure.at_least > 0 ? "over" : "under",
                       number(figure.at_least > 0 ? figure.at_least : figure.at_most));
}

std::string compared(const MissionRow& row) {
    for (const MissionFigure& f : row.figures) {
        if (!f.theirs || !f.ours || *f.theirs <= 0 || *f.ours <= 0) continue;
        const double times = f.higher_is_better ? *f.ours / *f.theirs : *f.theirs / *f.ours;
        if (times >= 1) return fmt::format("{} x better than theirs", number(times));
        return fmt::format("{} x worse than theirs", number(1 / times));
    }
    return {};
}

}  // namespace

std::string verdict_of(const MissionRow& row) {
    if (!measured(row)) return "left out: " + row.left_out;
    bool aims = false;
    for (const MissionFigure& figure : row.figures) {
        const auto met = meets(figure);
        if (met && !*met) return "missed: " + missed(figure);
        aims |= met.has_value();
    }
    std::string times = compared(row);
    if (!aims) return times;
    return times.empty() ? "met" : "met, " + times;
}

MissionScore score_of(const MissionReport& report) {
    MissionScore score;
    for (const MissionTable& table : report.tables) {
        for (const MissionRow& row : table.rows) {
            if (!measured(row)) {
                ++score.left_out;
                continue;
            }
            bool aims = false, met = true;
            for (const MissionFigure& figure : row.figures) {
                const auto meets_it = meets(figure);
                aims |= meets_it.has_value();
                met &= meets_it.value_or(true);
            }
            score.aims += aims ? 1 : 0;
            score.met += aims && met ? 1 : 0;
        }
    }
    return score;
}

std::string summary_of(const MissionReport& report) {
    const MissionScore score = score_of(report);
    return fmt::format(
        "{} of {} rows with an aim meet it (over 100 frames/s at 1080p, under 20 GB); {} left out.",
        score.met, score.aims, score.left_out);
}

std::vector<std::string> figure_names(const MissionTable& table) {
    std::vector<std::string> names;
    for (const MissionRow& row : table.rows) {
        for (const MissionFigure& figure : row.figures) {
            if (std::find(names.begin(), names.end(), figure.name) == names.end()) {
                names.push_back(figure.name);
            }
        }
    }
    return names;
}

const MissionFigure* figure_of(const MissionRow& row, const std::string& name) {
    for (const MissionFigure& figure : row.figures) {
        if (figure.name == name) return &figure;
    }
    return nullptr;
}

MissionCells cells_of(const MissionTable& table) {
    MissionCells cells;
    const auto names = figure_names(table);
    // A column that nobody has a figure for is left out.
    struct Column {
        std::string name;
        bool ours;
    };
    std::vector<Column> columns;
    for (const std::string& name : names) {
        for (const bool ours : {false, true}) {
            const bool any =
                std::any_of(table.rows.begin(), table.rows.end(), [&](const auto& row) {
                    const MissionFigure* figure = figure_of(row, name);
                    return figure != nullptr && (ours ? figure->ours : figure->theirs).has_value();
                });
            if (any) columns.push_back({name, ours});
        }
    }
    cells.head.emplace_back("");
    for (const Column& column : columns) {
        cells.head.push_back(column.name + (column.ours ? ", ours" : ", theirs"));
    }
    cells.head.emplace_back("verdict");
    for (const MissionRow& row : table.rows) {
        std::vector<std::string> line{row.name};
        for (const Column& column : columns) {
            const MissionFigure* figure = figure_of(row, column.name);
            const auto value = figure == nullptr ? std::nullopt
                               : column.ours     ? figure->ours
                                                 : figure->theirs;
            line.push_back(value ? number(*value) : "");
        }
        line.push_back(verdict_of(row));
        cells.rows.push_back(std::move(line));
    }
    return cells;
}

namespace {

std::string heading(const MissionReport& report) {
    return fmt::format("{}. {}. saccade {}, {}", report.setup, in_one_line(report.machine),
                       report.version, report.date);
}

}  // namespace

std::string mission_text(const MissionReport& report) {
    std::string out = heading(report) + "\nTheirs: an RTX 3090, YOLO11n, Python.\n";
    int place = 0;
    for (const MissionTable& table : report.tables) {
        out += fmt::format("\n{}. {}\n", ++place, table.title);
        const MissionCells cells = cells_of(table);
        std::vector<std::size_t> widths(cells.head.size());
        const auto widen = [&](const std::vector<std::string>& line) {
            for (std::size_t i = 0; i < line.size(); ++i) {
                widths[i] = std::max(widths[i], line[i].size());
            }
        };
        widen(cells.head);
        for (const auto& line : cells.rows) widen(line);
        const auto add = [&](const std::vector<std::string>& line) {
            std::string text;
            for (std::size_t i = 0; i < line.size(); ++i) {
                const bool left = i == 0 || i + 1 == line.size();
                text += left ? fmt::format("{:<{}}  ", line[i], widths[i])
                             : fmt::format("{:>{}}  ", line[i], widths[i]);
            }
            text.erase(text.find_last_not_of(' ') + 1);
            out += text + "\n";
        };
        add(cells.head);
        for (const auto& line : cells.rows) add(line);
        if (!table.note.empty()) out += table.note + "\n";
    }
    return out + "\n" + summary_of(report) + "\n";
}

std::string mission_markdown(const MissionReport& report) {
    std::string out = fmt::format(
        "`{}`\n\n{}. Load before: {:.2f}. Theirs: an RTX 3090, YOLO11n, "
        "Python.\n\n{}\n",
        report.command, heading(report), report.machine.load, summary_of(report));
    int place = 0;
    for (const MissionTable& table : report.tables) {
        const MissionCells cells = cells_of(table);
        out += fmt::format("\n### {}. {}\n\n| {} |\n|", ++place, table.title,
                           fmt::join(cells.head, " | "));
        for (std::size_t i = 0; i < cells.head.size(); ++i) {
            out += i == 0 || i + 1 == cells.head.size() ? " --- |" : " ---: |";
        }
        out += "\n";
        for (const auto& line : cells.rows) out += fmt::format("| {} |\n", fmt::join(line, " | "));
        if (!table.note.empty()) out += "\n" + table.note + "\n";
    }
    return out;
}

}  // namespace saccade::profile
