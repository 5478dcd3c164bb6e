#include "cli/findings.h"

#include <fmt/format.h>

#include <algorithm>

namespace saccade::cli {
namespace {

/// "cuda" names every "cuda:N: ...", "cuda:1" that one, "cpu" the "cpu: ...".
bool runs_on(const infer::BackendDescription& backend, const std::string& device) {
    if (!backend.available) return false;
    return device == "auto" ||
           std::any_of(backend.devices.begin(), backend.devices.end(),
                       [&](const std::string& d) { return d.starts_with(device + ":"); });
}

}  // namespace

std::vector<Finding> backend_findings(std::span<const infer::BackendDescription> backends,
                                      const std::string& device) {
    std::vector<Finding> findings;
    std::vector<std::string> all, fit;
    for (const infer::BackendDescription& backend : backends) {
        all.push_back(backend.name);
        if (runs_on(backend, device)) fit.push_back(backend.name);
        findings.push_back({.name = backend.name,
                            .ok = backend.available,
                            .needed = false,
                            .detail = backend.available
                                          ? fmt::format("{}: {}", backend.version,
                                                        fmt::join(backend.devices, ", "))
                                          : std::string("not available"),
                            .remedy = backend.remedy});
    }
    findings.push_back(
        {.name = "device " + device,
         .ok = !fit.empty(),
         .detail = fit.empty() ? "no backend here runs on it"
                               : fmt::format("by {}", fmt::join(fit, ", ")),
         .remedy = fmt::format("one of {} is enough, or another --device", fmt::join(all, ", "))});
    return findings;
}

bool able(std::span<const Finding> findings) noexcept {
    return std::all_of(findings.begin(), findings.end(),
                       [](const Finding& f) { return f.ok || !f.needed; });
}

}  // namespace saccade::cli
