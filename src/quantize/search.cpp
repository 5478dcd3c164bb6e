#include "quantize/search.h"

#include <algorithm>

#include "model/quantize/write_int8.h"

namespace saccade::quantize {
namespace {

/// The method that loses least with what the plan keeps.
Result<void> choose(const Network& network, const Table& table, const std::vector<Method>& tried,
                    model::Int8Shape shape, const Trial& trial, const std::stop_token& stop,
                    const Progress& progress, Found& found) {
    const auto kept = found.plan.kept;
    found.losses.clear();
    double least = 0;
    for (const Method one : tried) {
        if (progress) progress("trying ranges", found.losses.size(), tried.size());
        model::Int8Plan plan = plan_of(table, network, one);
        plan.kept = kept;
        const auto drift = drift_of(network, plan, shape, trial, stop);
        if (!drift) return fail(drift.error());
        if (found.losses.empty() || drift->loss < least) {
            least = drift->loss;
            found.plan = std::move(plan);
        }
        found.losses[std::string(to_string(one))] = drift->loss;
    }
    return {};
}

}  // namespace

Result<Found> search(const Network& network, const Table& table, std::optional<Method> method,
                     model::Int8Shape shape, const Trial& trial, const Gate& gate,
                     const std::stop_token& stop, const Progress& progress) {
    const auto layers = model::int8_candidates(network.model);
    if (!layers) return fail(layers.error());
    Found found;
    found.layers = layers->size();
    const std::vector<Method> tried =
        method ? std::vector{*method} : std::vector<Method>(methods.begin(), methods.end());
    if (auto ok = choose(network, table, tried, shape, trial, stop, progress, found); !ok) {
        return fail(ok.error());
    }
    auto scanned = scan(network, found.plan, shape, trial, stop, progress);
    if (!scanned) return fail(scanned.error());
    found.scan = std::move(*scanned);
    if (const auto outliers = found.scan.outliers(); !outliers.empty()) {
        found.plan.kept.insert(outliers.begin(), outliers.end());
        // What was best for them need not be what is best for the others.
        if (auto ok = choose(network, table, tried, shape, trial, stop, progress, found); !ok) {
            return fail(ok.error());
        }
    }

    std::size_t next = 0, many = 1;
    for (;;) {
        if (progress) progress("judging", found.plan.kept.size(), found.layers);
        const auto judged = gate(found.plan);
        if (!judged) return fail(judged.error());
        found.judgement = *judged;
        const auto& parts = found.scan.parts;
        if (judged->good || next >= parts.size() || found.plan.kept.size() * 2 > found.layers)
            break;
        for (std::size_t added = 0; added < many && next < parts.size(); ++next) {
            bool fresh = false;
            for (const auto& layer : parts[next].layers) {
                fresh = found.plan.kept.insert(layer).second || fresh;
            }
            if (fresh) ++added;
        }
        many *= 2;
    }
    return found;
}

}  // namespace saccade::quantize
