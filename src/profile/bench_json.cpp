#include <fmt/format.h>

#include <algorithm>

#include "profile/bench_report.h"
#include "profile/json_parts.h"

namespace saccade::profile {

using nlohmann::json;

namespace {

/// Share of the machine that others took more of in `after` than in `before`; 0 where not seen.
double others_more(const BenchRow& before, const BenchRow& after, int cores) {
    if (before.others < 0 || after.others < 0) return 0;
    return (after.others - before.others) / std::max(cores, 1);
}

}  // namespace

std::vector<BenchChange> compare_reports(const BenchReport& before, const BenchReport& after) {
    std::vector<BenchChange> changes;
    for (const BenchRow& row : after.rows) {
        const auto old = std::find_if(before.rows.begin(), before.rows.end(), [&](const auto& r) {
            return r.suite == row.suite && r.name == row.name && r.unit == row.unit;
        });
        if (old == before.rows.end()) continue;
        changes.push_back({*old, row,
                           compare(old->spread(), row.spread(), row.higher_is_better,
                                   others_more(*old, row, after.machine.cores))});
    }
    return changes;
}

std::string bench_json(const BenchReport& report) {
    json rows = json::array();
    for (const BenchRow& row : report.rows) {
        const Spread s = row.spread();
        json out = {{"suite", row.suite},
                    {"name", row.name},
                    {"unit", row.unit},
                    {"higher_is_better", row.higher_is_better},
                    {"values", row.values},
                    {"median", s.median},
                    {"deviation", s.deviation},
                    {"min", s.min},
                    {"max", s.max}};
        if (!row.axis.empty()) out["sweep"] = {{"axis", row.axis}, {"x", row.x}};
        if (row.limit > 0) {
            out["limit"] = {{"name", row.limit_name}, {"value", row.limit}};
            out["efficiency"] = row.efficiency();
        }
        if (row.others >= 0) out["others_cores"] = row.others;
        for (const BenchDetail& detail : row.details) out["details"][detail.name] = detail.value;
        rows.push_back(std::move(out));
    }
    return json_text({{"schema", "saccade.bench/1"},
                      {"version", report.version},
                      {"date", report.date},
                      {"command", report.command},
                      {"setup", report.setup},
                      {"machine", to_json(report.machine)},
                      {"rows", std::move(rows)}});
}

Result<BenchReport> parse_bench(std::string_view text, const std::string& name) {
    const auto broken = [&](const std::string& why) {
        return fail(ErrorCode::corrupt,
                    fmt::format("{}: no result of saccade bench: {}", name, why),
                    "make one with saccade bench --json-file FILE");
    };
    try {
        const json in = json::parse(text);
        if (in.at("schema") != "saccade.bench/1") return broken("its schema is another");
        BenchReport report;
        report.version = in.at("version");
        report.date = in.at("date");
        report.command = in.at("command");
        report.setup = in.at("setup");
        const json& machine = in.at("machine");
        report.machine.cpu = machine.at("cpu");
        report.machine.cores = machine.at("cores");
        report.machine.memory = machine.at("memory_bytes");
        report.machine.os = machine.at("os");
        for (const json& r : in.at("rows")) {
            BenchRow row;
            row.suite = r.at("suite");
            row.name = r.at("name");
            row.unit = r.at("unit");
            row.higher_is_better = r.at("higher_is_better");
            row.values = r.at("values").get<std::vector<double>>();
            if (r.contains("sweep")) {
                row.axis = r.at("sweep").at("axis");
                row.x = r.at("sweep").at("x");
            }
            if (r.contains("limit")) {
                row.limit = r.at("limit").at("value");
                row.limit_name = r.at("limit").at("name");
            }
            row.others = r.value("others_cores", -1.0);
            if (r.contains("details")) {
                for (const auto& [key, value] : r.at("details").items()) {
                    row.details.push_back({key, value});
                }
            }
            report.rows.push_back(std::move(row));
        }
        return report;
    } catch (const json::exception& error) {
        return broken(error.what());
    }
}

}  // namespace saccade::profile
