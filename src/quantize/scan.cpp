#include "quantize/scan.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace saccade::quantize {
namespace {

constexpr std::size_t frames_used = 8;

/// Shares of the whole loss, and losses that nobody would tell from none.
constexpr double outlier_share = 0.25, least_outlier = 0.02;
constexpr double looked_into_share = 0.15, least_looked_into = 0.012;

using Group = std::vector<std::string>;

/// Layers by their input, in the graph's order: a quantiser is theirs together.
std::vector<Group> groups_of(const std::vector<model::Int8Candidate>& layers,
                             const model::Int8Plan& plan) {
    std::vector<Group> groups;
    std::map<std::string, std::size_t> place;
    for (const auto& layer : layers) {
        if (plan.kept.contains(layer.output)) continue;
        const auto [found, added] = place.try_emplace(layer.input, groups.size());
        if (added) groups.emplace_back();
        groups[found->second].push_back(layer.output);
    }
    return groups;
}

}  // namespace

std::vector<std::string> Scan::outliers() const {
    std::vector<std::string> found;
    const double limit = std::max(least_outlier, outlier_share * whole);
    for (const Part& part : parts) {
        if (part.loss > limit) found.insert(found.end(), part.layers.begin(), part.layers.end());
    }
    return found;
}

Result<Scan> scan(const Network& network, const model::Int8Plan& plan, model::Int8Shape shape,
                  const Trial& trial, const std::stop_token& stop, const Progress& progress) {
    const auto layers = model::int8_candidates(network.model);
    if (!layers) return fail(layers.error());
    const auto groups = groups_of(*layers, plan);

    const auto loss_of = [&](std::span<const Group> chosen) -> Result<double> {
        model::Int8Plan alone = plan;
        for (const auto& layer : *layers) alone.kept.insert(layer.output);
        for (const Group& group : chosen) {
            for (const auto& layer : group) alone.kept.erase(layer);
        }
        const auto drift = drift_of(network, alone, shape, trial, stop, frames_used);
        if (!drift) return fail(drift.error());
        return drift->loss;
    };
    Scan result;
    if (groups.empty()) return result;
    const auto whole = loss_of(groups);
    if (!whole) return fail(whole.error());
    result.whole = *whole;

    std::vector<std::span<const Group>> open{std::span(groups)};
    std::size_t done = 0;
    while (!open.empty()) {
        const auto part = open.back();
        open.pop_back();
        const auto loss = part.size() == groups.size() ? whole : loss_of(part);
        if (!loss) return fail(loss.error());
        const bool harmless = *loss < std::max(least_looked_into, looked_into_share * *whole);
        if (part.size() == 1 || harmless) {
            Part& entry = result.parts.emplace_back();
            entry.loss = *loss;
            for (const Group& group : part) {
                entry.layers.insert(entry.layers.end(), group.begin(), group.end());
            }
            done += part.size();
            if (progress) progress("scanning layers", done, groups.size());
            continue;
        }
        open.push_back(part.subspan(part.size() / 2));
        open.push_back(part.first(part.size() / 2));
    }
    std::stable_sort(result.parts.begin(), result.parts.end(),
                     [](const Part& a, const Part& b) { return a.loss > b.loss; });
    return result;
}

}  // namespace saccade::quantize
