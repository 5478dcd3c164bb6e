#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/exit_code.h"
#include "cli/findings.h"
#include "cli/results.h"
#include "cli/verb.h"
#include "cuda/driver.h"
#include "engine/model_store.h"
#include "infer/registry.h"
#include "media/capabilities.h"
#include "saccade/version.h"

namespace saccade::cli {
namespace {

void find_media(std::vector<Finding>& findings) {
    const media::Capabilities found = media::capabilities();
    for (const media::CodecSupport& codec : found.decoders) {
        findings.push_back({.name = "decode " + codec.codec,
                            .ok = !codec.name.empty(),
                            .needed = false,
                            .detail = codec.name.empty() ? "no decoder"
                                                         : fmt::format("{} (libavcodec {})",
                                                                       codec.name, found.ffmpeg),
                            .remedy = "`sudo apt-get install libavcodec-extra`"});
    }
    findings.push_back({.name = "annotated video",
                        .ok = !found.encoder.name.empty(),
                        .needed = false,
                        .detail = found.encoder.name.empty() ? "no encoder" : found.encoder.name,
                        .remedy = "`sudo apt-get install libavcodec-extra`"});
}

void find_nvdec(std::vector<Finding>& findings) {
    const auto driver = cuda::probe_driver();
    if (!driver) return;  // the backends say why
    for (const cuda::Device& device : driver->devices) {
        const auto engines = media::nvdec_engines(device.ordinal);
        findings.push_back(
            {.name = fmt::format("NVDEC of cuda:{}", device.ordinal),
             .ok = engines.value_or(0) > 0,
             .needed = false,
             .detail = engines ? fmt::format("{} engine{}", *engines, *engines == 1 ? "" : "s")
                               : "not found",
             .remedy = "install the driver's video libraries (libnvidia-decode), and `make gpu`"});
    }
}

std::vector<Finding> examine(const Settings& settings) {
    std::vector<Finding> findings;
    find_media(findings);
    find_nvdec(findings);
    const auto backends = infer::backends();
    for (Finding& finding : backend_findings(backends, settings.device)) {
        findings.push_back(std::move(finding));
    }
    const auto model = engine::find_model(settings);
    findings.push_back({.name = "model " + settings.model,
                        .ok = model.has_value(),
                        .detail = model ? model->string() : model.error().message,
                        .remedy = model ? "" : model.error().remedy});
    return findings;
}

int doctor(const SettingFlags& flags) {
    flags.apply_verbosity();
    const auto config = flags.merged();
    if (!config) return complain(config.error());
    const std::vector<Finding> findings = examine(config->settings);
    const bool all = able(findings);
    nlohmann::json list = nlohmann::json::array();
    if (!flags.json) print_formatted("saccade {}\n", SACCADE_VERSION);
    for (const Finding& f : findings) {
        if (flags.json) {
            list.push_back({{"name", f.name},
                            {"ok", f.ok},
                            {"needed", f.needed},
                            {"detail", f.detail},
                            {"remedy", f.ok ? "" : f.remedy}});
            continue;
        }
        print_formatted("{:<4} {:<18} {}\n", f.ok ? "ok" : (f.needed ? "LACK" : "-"), f.name,
                        f.detail);
        if (!f.ok && !f.remedy.empty()) print_formatted("     {:<18} mend: {}\n", "", f.remedy);
    }
    if (flags.json) {
        print_formatted("{}\n", nlohmann::json{{"schema", "saccade.doctor/1"},
                                               {"version", SACCADE_VERSION},
                                               {"able", all},
                                               {"findings", std::move(list)}}
                                    .dump(2));
    } else {
        print_formatted("{}\n", all ? "This machine can run `saccade track VIDEO`."
                                    : "Something needed is lacking: see LACK above.");
    }
    return all ? exit_done : exit_failed;
}

}  // namespace

void add_doctor(CLI::App& app, Job& job) {
    CLI::App* verb = app.add_subcommand("doctor", "say what this machine can do and what it lacks");
    auto flags = add_settings(*verb);
    verb->callback([=, &job] { job = [=] { return doctor(*flags); }; });
}

}  // namespace saccade::cli
