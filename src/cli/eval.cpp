#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/results.h"
#include "cli/verb.h"
#include "eval/mot_evaluation.h"
#include "track/zones.h"

namespace saccade::cli {
namespace {

struct EvalFlags {
    eval::EvalOptions options;
    std::string benchmark;
    bool json = false;
    bool counts = false;
    eval::CountOptions count_options;
    std::vector<std::string> lines, zones;
};

int count(EvalFlags& flags) {
    for (const std::string& text : flags.lines) {
        auto line = track::parse_line(text);
        if (line) line = track::in_pixels(std::move(*line), nullptr);
        if (!line) return complain(line.error());
        flags.count_options.places.lines.push_back(std::move(*line));
    }
    for (const std::string& text : flags.zones) {
        auto zone = track::parse_zone(text);
        if (zone) zone = track::in_pixels(std::move(*zone), nullptr);
        if (!zone) return complain(zone.error());
        flags.count_options.places.zones.push_back(std::move(*zone));
    }
    const auto report = eval::evaluate_mot_counts(flags.options, flags.count_options);
    if (!report) return complain(report.error());
    const std::string text = flags.json ? format_json(*report) : format_table(*report);
    std::fputs(text.c_str(), stdout);
    return exit_done;
}

int evaluate(EvalFlags& flags) {
    static const std::map<std::string, eval::MotBenchmark> kBenchmarks = {
        {"mot15", eval::MotBenchmark::mot15},
        {"mot16", eval::MotBenchmark::mot17},
        {"mot17", eval::MotBenchmark::mot17},
        {"mot20", eval::MotBenchmark::mot20}};
    if (!flags.benchmark.empty()) {
        const auto found = kBenchmarks.find(flags.benchmark);
        if (found == kBenchmarks.end()) {
            return complain({ErrorCode::invalid_argument,
                             "benchmark: '" + flags.benchmark + "' is unknown",
                             "use mot15, mot16, mot17 or mot20"});
        }
        flags.options.benchmark = found->second;
    }
    if (flags.counts) return count(flags);
    const auto report = eval::evaluate_mot(flags.options);
    if (!report) return complain(report.error());
    const std::string text = flags.json ? format_json(*report) : format_table(*report);
    print(text);
    return exit_done;
}

}  // namespace

void add_eval(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand("eval", "score tracks against MOTChallenge ground truth");
    auto flags = std::make_shared<EvalFlags>();
    verb->add_option("--gt", flags->options.truth, "folder of sequences, SEQ/gt/gt.txt each")
        ->required()
        ->type_name("DIR");
    verb->add_option("--tracks", flags->options.tracks, "folder of results, SEQ.txt each")
        ->required()
        ->type_name("DIR");
    verb->add_option("--sequences", flags->options.sequences, "only these, in this order")
        ->delimiter(',')
        ->type_name("SEQ,...");
    verb->add_option("--benchmark", flags->benchmark, "rules of preprocessing [told by the truth]")
        ->type_name("mot15|mot16|mot17|mot20");
    verb->add_flag("--json", flags->json, "print the scores as JSON");
    auto* counts = verb->add_flag("--counts", flags->counts,
                                  "score crossings of lines and stays in zones instead");
    verb->add_option("--line", flags->lines, "this line, instead of random ones; may be repeated")
        ->needs(counts)
        ->allow_extra_args(false)
        ->type_name("X1,Y1,X2,Y2[:NAME]");
    verb->add_option("--zone", flags->zones, "this zone, instead of random ones; may be repeated")
        ->needs(counts)
        ->allow_extra_args(false)
        ->type_name("X1,Y1,X2,Y2,X3,Y3,...[:NAME]");
    verb->add_option("--lines", flags->count_options.random_lines, "random lines a sequence [200]")
        ->needs(counts)
        ->check(CLI::Range(0, 10000));
    verb->add_option("--zones", flags->count_options.random_zones, "random zones a sequence [50]")
        ->needs(counts)
        ->check(CLI::Range(0, 10000));
    verb->add_option("--seed", flags->count_options.seed, "of the random lines and zones [1]")
        ->needs(counts);
    verb->callback([=, &job] { job = [=] { return evaluate(*flags); }; });
}

}  // namespace saccade::cli
