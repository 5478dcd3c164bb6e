#include "cli/program.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>

#include "cli/exit_code.h"
#include "cli/results.h"
#include "cli/standard_streams.h"
#include "cli/verb.h"
#include "core/elide.h"
#include "core/log.h"
#include "cuda/environment.h"
#include "engine/model_store.h"
#include "saccade/version.h"

namespace saccade::cli {
namespace {

int run_main(int argc, char** argv) {
    CLI::App app{"Finds and follows objects in video.", "saccade"};
    app.set_version_flag("--version", "saccade " SACCADE_VERSION);
    app.require_subcommand(1);
    Job job;
    add_track(app, job);
    add_detect(app, job);
    add_val(app, job);
    add_eval(app, job);
    add_build(app, job);
    add_quantize(app, job);
    add_check_precision(app, job);
    add_models(app, job);
    add_recommend(app, job);
    add_demo(app, job);
    add_bench(app, job);
    add_profile(app, job);
    add_relay(app, job);
    add_doctor(app, job);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {  // --help, --version
        const int code = app.exit(wanted);
        std::cout.flush();
        return code;
    } catch (const CLI::ParseError& error) {
        const bool no_verb = argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty();
        return complain({ErrorCode::invalid_argument,
                         no_verb ? fmt::format("there is no verb '{}'", elided(argv[1]))
                                 : elided(error.what(), 500),
                         fmt::format("see `saccade {}--help`",
                                     no_verb || app.get_subcommands().empty()
                                         ? ""
                                         : app.get_subcommands().front()->get_name() + " ")});
    }
    // (The first claim of all: it can't fail.)
    static_cast<void>(verb_files().adds_to("/dev/stdout", "lead standard output to another file"));
    cuda::set_environment(engine::cache_dir({}));
    return job();
}

}  // namespace

int program(int argc, char** argv) {
    if (!open_standard_streams()) return exit_failed;
    try {
        const int code = run_main(argc, argv);
        const auto printed = finish_results();
        if (printed) return code;
        const int lost = complain(printed.error());
        return code == exit_interrupted ? code : lost;
    } catch (const std::bad_alloc&) {
        log::error("out of memory; use smaller --queue, --batch or --streams");
    } catch (const std::exception& error) {
        log::error("internal error: {}; please report it", error.what());
    }
    return exit_failed;
}

}  // namespace saccade::cli
