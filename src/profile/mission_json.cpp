#include <nlohmann/json.hpp>

#include "profile/json_parts.h"
#include "profile/mission_report.h"

namespace saccade::profile {

std::string mission_json(const MissionReport& report) {
    using nlohmann::json;
    const auto value = [](const std::optional<double>& v) { return v ? json(*v) : json(nullptr); };
    json tables = json::array();
    for (const MissionTable& table : report.tables) {
        json rows = json::array();
        for (const MissionRow& row : table.rows) {
            json figures = json::array();
            for (const MissionFigure& f : row.figures) {
                json figure = {{"name", f.name},
                               {"theirs", value(f.theirs)},
                               {"ours", value(f.ours)},
                               {"higher_is_better", f.higher_is_better}};
                if (f.at_least > 0) figure["at_least"] = f.at_least;
                if (f.at_most > 0) figure["at_most"] = f.at_most;
                figures.push_back(std::move(figure));
            }
            json entry = {
                {"name", row.name}, {"figures", std::move(figures)}, {"verdict", verdict_of(row)}};
            if (!row.left_out.empty()) entry["left_out"] = row.left_out;
            rows.push_back(std::move(entry));
        }
        tables.push_back({{"title", table.title}, {"note", table.note}, {"rows", std::move(rows)}});
    }
    const MissionScore score = score_of(report);
    return json_text(
        {{"schema", "saccade.mission/1"},
         {"version", report.version},
         {"date", report.date},
         {"command", report.command},
         {"setup", report.setup},
         {"machine", to_json(report.machine)},
         {"score", {{"aims", score.aims}, {"met", score.met}, {"left_out", score.left_out}}},
         {"tables", std::move(tables)}});
}

}  // namespace saccade::profile
