#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "cli/results.h"
#include "cli/verb.h"
#include "eval/mot_evaluation.h"

namespace saccade::cli {
namespace {

struct EvalFlags {
    eval::EvalOptions options;
    std::string benchmark;
    bool json = false;
};

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
    verb->callback([=, &job] { job = [=] { return evaluate(*flags); }; });
}

}  // namespace saccade::cli
