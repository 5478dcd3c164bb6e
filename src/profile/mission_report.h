// The mission's own test: what its user measured on an RTX 3090, beside what this machine does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "profile/machine.h"

namespace saccade::profile {

struct MissionFigure {
    std::string name;  ///< with the unit: "frames/s", "GPU memory, GB"
    std::optional<double> theirs, ours;
    bool higher_is_better = true;
    double at_least = 0;  ///< the mission's aim, where the figure has one; or 0
    double at_most = 0;   ///< likewise
};

struct MissionRow {
    std::string name;
    std::vector<MissionFigure> figures;  ///< the first one with both sides is compared
    std::string left_out;                ///< why it was not measured; "": it was
};

struct MissionTable {
    std::string title, note;
    std::vector<MissionRow> rows;
};

struct MissionReport {
    std::string version, date, command, setup;
    Machine machine;
    std::vector<MissionTable> tables;  ///< in the mission's order
};

/// "met, 33 x theirs"; "missed: 61 of 100 frames/s"; "left out: ..."; "" where there is nothing to
/// judge.
[[nodiscard]] std::string verdict_of(const MissionRow& row);

/// How many rows have an aim, of those that were measured, and how many meet it.
struct MissionScore {
    int aims = 0, met = 0, left_out = 0;
};
[[nodiscard]] MissionScore score_of(const MissionReport& report);

/// Tables for a terminal.
[[nodiscard]] std::string mission_text(const MissionReport& report);
/// The same for a README.
[[nodiscard]] std::string mission_markdown(const MissionReport& report);
/// One JSON object, schema "saccade.mission/1".
[[nodiscard]] std::string mission_json(const MissionReport& report);
/// One self-contained HTML page: a chart a table, theirs and ours.
[[nodiscard]] std::string mission_html(const MissionReport& report);

// What the writers share.

/// Names of the figures that any row of the table has, in the order of the first.
[[nodiscard]] std::vector<std::string> figure_names(const MissionTable& table);
[[nodiscard]] const MissionFigure* figure_of(const MissionRow& row, const std::string& name);
/// Head and cells of a table: a column of theirs and one of ours for each figure, then the verdict.
struct MissionCells {
    std::vector<std::string> head;
    std::vector<std::vector<std::string>> rows;
};
[[nodiscard]] MissionCells cells_of(const MissionTable& table);
/// One line about the whole.
[[nodiscard]] std::string summary_of(const MissionReport& report);

}  // namespace saccade::profile
