#include "cli/findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/device_list.h"

namespace saccade::cli {
namespace {

bool runs_on(const infer::BackendDescription& backend, infer::Device device) {
    return backend.available &&
           std::any_of(backend.devices.begin(), backend.devices.end(),
                       [&](const auto& found) { return found.device == device; });
}

/// The backends that run on a device; none where there is none.
std::vector<std::string> able_on(std::span<const infer::BackendDescription> backends,
                                 infer::Device device) {
    std::vector<std::string> names;
    for (const auto& backend : backends) {
        if (runs_on(backend, device)) names.push_back(backend.name);
    }
    return names;
}

Finding device_finding(std::span<const infer::BackendDescription> backends,
                       const std::string& setting) {
    std::vector<std::string> all;
    for (const auto& backend : backends) all.push_back(backend.name);
    Finding finding{
        .name = "device " + setting,
        .detail = "no backend here runs on it",
        .remedy = fmt::format("one of {} is enough, or another --device", fmt::join(all, ", "))};
    const auto choice = infer::parse_device_choice(setting);
    if (!choice) {
        finding.detail = choice.error().message;
        finding.remedy = choice.error().remedy;
        return finding;
    }
    const auto devices = engine::device_list(*choice, backends);
    if (!devices) return finding;
    std::set<std::string> used;
    for (const infer::Device device : *devices) {
        const auto names = able_on(backends, device);
        if (names.empty()) return finding;
        used.insert(names.begin(), names.end());
    }
    finding.ok = true;
    finding.detail = fmt::format("by {}", fmt::join(used, ", "));
    return finding;
}

}  // namespace

std::vector<Finding> backend_findings(std::span<const infer::BackendDescription> backends,
                                      const std::string& device) {
    std::vector<Finding> findings;
    for (const infer::BackendDescription& backend : backends) {
        std::vector<std::string> devices;
        for (const auto& found : backend.devices) devices.push_back(to_string(found));
        findings.push_back({.name = backend.name,
                            .ok = backend.available,
                            .needed = false,
                            .detail = backend.available ? fmt::format("{}: {}", backend.version,
                                                                      fmt::join(devices, ", "))
                                                        : std::string("not available"),
                            .remedy = backend.remedy});
    }
    findings.push_back(device_finding(backends, device));
    return findings;
}

bool able(std::span<const Finding> findings) noexcept {
    return std::all_of(findings.begin(), findings.end(),
                       [](const Finding& f) { return f.ok || !f.needed; });
}

}  // namespace saccade::cli
