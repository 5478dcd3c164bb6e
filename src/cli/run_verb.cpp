#include "cli/run_verb.h"

#include <fmt/format.h>

#include <optional>

#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/results.h"
#include "cli/signals.h"
#include "cli/summary.h"
#include "cli/timed_run.h"
#include "cli/verb.h"
#include "core/log.h"
#include "profile/trace_json.h"
#include "trace/trace.h"

namespace saccade::cli {

int run_and_show(Mode mode, const Settings& settings, const std::vector<std::string>& sources,
                 const RunView& view) {
    if (!view.trace.empty()) {
        if (auto can = can_trace(); !can) return complain(can.error());
        auto claimed = verb_files().writes(view.trace, "name another file with --trace");
        if (!claimed) return complain(claimed.error());
    }
    const SignalStop signals;
    std::optional<ProgressLine> line;
    Tracer tracer;
    RunHooks hooks;
    hooks.stop = signals.token();
    hooks.on_loaded = [&](const RunSummary&) {
        line.emplace(ProgressLine::style_for(view.quiet));
        tracer.restart();
    };
    hooks.on_progress = [&](const ProgressView& progress) { line->update(progress); };
    const auto summary =
        timed_run(mode, settings, sources, hooks, view.trace.empty() ? nullptr : &tracer);
    line.reset();
    if (!summary) return complain(summary.error());
    // Failures are told on standard error too: whoever reads results only should not miss them.
    for (const StreamSummary& stream : summary->streams) {
        if (stream.status == Status::failed && stream.error) log::error("{}", stream.error->line());
        if (stream.status == Status::partial) {
            log::warning("{}: partly unreadable: {}", stream.name, stream.damage);
        }
    }
    const std::string text = view.json ? summary_json(*summary) : summary_text(*summary);
    if (view.json || !view.quiet) print(text);
    const int code = exit_code(*summary);
    if (view.trace.empty()) return code;
    const auto traced = profile::write_trace(view.trace, tracer);
    if (traced) return code;
    const int complaint = complain(traced.error());
    return code == exit_done ? complaint : code;
}

}  // namespace saccade::cli
