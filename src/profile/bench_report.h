// What `saccade bench` measured, as tables and files, and against an older run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "profile/machine.h"
#include "profile/statistics.h"
#include "saccade/error.h"

namespace saccade::profile {

/// A figure beside a row's own: "GPU busy, %", "latency p99, ms". It is not compared.
struct BenchDetail {
    std::string name;  ///< with the unit
    double value = 0;
};

/// One thing measured several times.
struct BenchRow {
    std::string suite;  ///< "detector"
    std::string name;   ///< "batch 4", unique in its suite
    std::string unit;   ///< "frames/s", "ms"
    bool higher_is_better = true;
    std::vector<double> values;  ///< each repetition
    double x = 0;                ///< place on the axis of a sweep
    std::string axis;            ///< what x is; "" where the row is in no sweep
    double limit = 0;  ///< what this machine could reach at most, measured in the same run; or 0
    std::string limit_name;
    std::vector<BenchDetail> details;
    double others = -1;  ///< cores that other programs used meanwhile; -1 where it was not seen

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

/// Names of the details that any of the rows has, in the order of the first.
[[nodiscard]] std::vector<std::string> detail_names(const std::vector<const BenchRow*>& rows);
[[nodiscard]] bool has_limits(const std::vector<const BenchRow*>& rows);
/// Of the detail of that name; "" where the row has none.
[[nodiscard]] std::string detail_text(const BenchRow& row, const std::string& name);

/// Rows of one suite and unit, in order of their first.
[[nodiscard]] std::vector<std::vector<const BenchRow*>> groups_of(const BenchReport& report);

/// Rows that both have, in the order of `after`. What other programs took is taken into account.
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
