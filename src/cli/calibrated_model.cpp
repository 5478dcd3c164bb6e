#include "cli/calibrated_model.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <system_error>

#include "cli/quantize_model.h"
#include "cli/signals.h"
#include "cli/step_progress.h"
#include "cli/verb.h"
#include "core/digest.h"
#include "engine/cached_model.h"
#include "engine/model_store.h"
#include "infer/precision.h"
#include "media/locations.h"

namespace saccade::cli {
namespace {

namespace fs = std::filesystem;

/// What the network in INT8 is made from, a line each. (Reading all of the footage for its digest
/// would take as long as looking at it.)
Result<std::string> origin_of(const Settings& settings, const fs::path& model,
                              const std::vector<std::string>& calib) {
    const auto digest = sha256_of_file(model);
    if (!digest) return fail(digest.error());
    const auto locations = media::expand_locations(calib);
    if (!locations) return fail(locations.error());
    std::string origin = fmt::format("saccade.quantize/1\n{}\n{} {} {} {}\n", *digest,
                                     settings.device, settings.image_size, settings.family,
                                     settings.input_order + settings.input_range);
    for (const std::string& location : *locations) {
        std::error_code none;
        const auto size = fs::file_size(location, none);
        if (none) {  // a scene, or a stream: its name is all there is
            origin += location + "\n";
            continue;
        }
        const auto time = fs::last_write_time(location, none).time_since_epoch();
        origin += fmt::format("{} {} {}\n", fs::absolute(location).string(), size, time.count());
    }
    return origin;
}

}  // namespace

Result<fs::path> calibrated_model(const Settings& settings, const std::vector<std::string>& calib,
                                  bool quiet) {
    if (infer::precision_from(settings.precision) != infer::Precision::int8) {
        return fail(ErrorCode::invalid_argument, "--calib makes a network in INT8",
                    "use it with --precision int8");
    }
    const auto model = engine::find_model(settings);
    if (!model) return fail(model.error());
    for (const std::string& read : calib) {
        if (auto ok = verb_files().reads(read); !ok) return fail(ok.error());
    }
    const auto origin = origin_of(settings, *model, calib);
    if (!origin) return fail(origin.error());
    const SignalStop signals;
    const auto make = [&](const fs::path& to) -> Result<void> {
        StepProgress progress(quiet);
        const QuantizeFlags flags{.calib = calib};
        const auto report =
            quantize_model(settings, flags, *model, to, signals.token(), std::ref(progress));
        progress.end();
        if (!report) return fail(report.error());
        if (!report->gate.good) {
            Error error = lost_too_much(*report);  // whose remedy is the verb's own flags
            error.remedy = "leave --precision out, or name more footage with --calib";
            return fail(std::move(error));
        }
        if (!quiet) fmt::print(stderr, "{}", to_text(*report));
        return {};
    };
    return engine::kept_model(engine::cache_dir(settings), model->stem().string() + "_int8.onnx",
                              *origin, signals.token(), make);
}

}  // namespace saccade::cli
