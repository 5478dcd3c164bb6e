// What `saccade bench` measured, as tables and files, and against an older run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "profile/machine.h"
#include "profile/statistics.h"
#include "saccade/error.h"

namespace saccade::profile {

/// One thing measured several times.
struct BenchRow {
    std::string suite;   ///< "detector"
    std::string name;    ///< "batch 4", unique in its suite
    std::string unit;    ///< "frames/s", "ms"
    bool higher_is_better = true;
    std::vector<double> values;  ///< each repetition
    double x = 0;        ///< place on the axis of a sweep
    std::string axis;    ///< what x is; "" where the row is in no sweep
    double limit = 0;    ///< what this machine could reach at most, measured in the same run; or 0
    std::string limit_name;

    [[nodiscard]] Spread spread() const { return spread_of(values); }
    /// Share of the limit, 0 where there is none.
    [[nodiscard]] double efficiency() const { return limit > 0 ? spread().median / limit : 0; }
};

struct BenchReport {
    std::string version, date, command, setup;
    Machine machine;
    std::vector<BenchRow> rows;
};

/// A row against its namesake of an older report.
struct BenchChange {
    BenchRow before, after;
    Comparison comparison;
};

/// Rows that both have, in the order of `after`.
[[nodiscard]] std::vector<BenchChange> compare_reports(const BenchReport& before,
                                                       const BenchReport& after);

/// One JSON object, schema "saccade.bench/1".
[[nodiscard]] std::string bench_json(const BenchReport& report);
/// Reads it back. Errors: corrupt, naming `name`.
[[nodiscard]] Result<BenchReport> parse_bench(std::string_view json, const std::string& name);

/// Tables for a terminal; with the changes where there are some.
[[nodiscard]] std::string bench_text(const BenchReport& report,
                                     const std::vector<BenchChange>& changes = {});
/// Tables for a README, headed by machine and command.
[[nodiscard]] std::string bench_markdown(const BenchReport& report,
                                         const std::vector<BenchChange>& changes = {});
/// One self-contained HTML page with charts.
[[nodiscard]] std::string bench_html(const BenchReport& report,
                                     const std::vector<BenchChange>& changes = {});

}  // namespace saccade::profile
