#include "eval/counts_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

namespace saccade::eval {
namespace {

using nlohmann::ordered_json;

std::string row(const std::string& name, std::size_t wide, const CountScore& s) {
    return fmt::format(
        "{:<{}} {:>9} {:>7} {:>7.2f} {:>7} {:>7} {:>9} {:>8} {:>7.2f} {:>9.2f} {:>7.2f}\n", name,
        wide, s.crossings, s.counted, 100 * s.error(), s.missed, s.doubled, s.wrong_way, s.invented,
        100 * s.event_error(), 100 * s.visitors_error(), 100 * s.dwell_error());
}

ordered_json to_json(const CountScore& s) {
    const auto whole = [](double v) { return static_cast<std::int64_t>(v); };
    return {{"crossings", whole(s.crossings)},
            {"counted", whole(s.counted)},
            {"error", s.error()},
            {"found", whole(s.found)},
            {"missed", whole(s.missed)},
            {"doubled", whole(s.doubled)},
            {"wrong_way", whole(s.wrong_way)},
            {"invented", whole(s.invented)},
            {"event_error", s.event_error()},
            {"visitors", whole(s.visitors)},
            {"visitors_error", s.visitors_error()},
            {"dwell_seconds", s.dwell_seconds},
            {"dwell_error", s.dwell_error()}};
}

ordered_json to_json(const track::LineCounts& c) {
    return {{"in", c.in}, {"out", c.out}};
}

}  // namespace

std::string format_table(const CountReport& report) {
    std::size_t wide = std::string_view("COMBINED").size();
    for (const SequenceCounts& s : report.sequences) wide = std::max(wide, s.name.size());
    std::string text =
        fmt::format("{:<{}} {:>9} {:>7} {:>7} {:>7} {:>7} {:>9} {:>8} {:>7} {:>9} {:>7}\n", "",
                    wide, "crossings", "counted", "error%", "missed", "doubled", "wrong way",
                    "invented", "events%", "visitors%", "dwell%");
    for (const SequenceCounts& s : report.sequences) {
        text += row(s.name, wide, s.evaluation.score);
    }
    return text + row("COMBINED", wide, report.combined);
}

std::string format_json(const CountReport& report) {
    ordered_json root;
    root["schema"] = "saccade.counts_eval/1";
    root["sequences"] = ordered_json::object();
    for (const SequenceCounts& s : report.sequences) {
        ordered_json of = to_json(s.evaluation.score);
        of["lines"] = ordered_json::array();
        for (std::size_t i = 0; i < s.places.lines.size(); ++i) {
            const track::Line& line = s.places.lines[i];
            const LineScore& score = s.evaluation.lines[i];
            of["lines"].push_back({{"name", line.name},
                                   {"line", {line.start.x, line.start.y, line.end.x, line.end.y}},
                                   {"truth", to_json(score.truth)},
                                   {"counted", to_json(score.counted)}});
        }
        root["sequences"][s.name] = std::move(of);
    }
    root["combined"] = to_json(report.combined);
    return root.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace saccade::eval
