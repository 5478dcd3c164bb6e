#include "quantize/search.h"

#include <algorithm>

#include "model/quantize/write_int8.h"

namespace saccade::quantize {

Result<Found> search(const Network& network, const Table& table, std::optional<Method> method,
                     model::Int8Shape shape, const Trial& trial, const Gate& gate,
                     const std::stop_token& stop, const Progress& progress) {
    const auto layers = model::int8_candidates(network.model);
    if (!layers) return fail(layers.error());
    Found found;
    found.layers = layers->size();
    const std::vector<Method> tried =
        method ? std::vector{*method} : std::vector<Method>(methods.begin(), methods.end());
    double least = 0;
    for (const Method one : tried) {
        if (progress) progress("trying ranges", found.losses.size(), tried.size());
        model::Int8Plan plan = plan_of(table, network, one);
        const auto drift = drift_of(network, plan, shape, trial, stop);
        if (!drift) return fail(drift.error());
        if (found.losses.empty() || drift->loss < least) {
            least = drift->loss;
            found.plan = std::move(plan);
        }
        found.losses[std::string(to_string(one))] = drift->loss;
    }
    auto scanned = scan(network, found.plan, shape, trial, stop, progress);
    if (!scanned) return fail(scanned.error());
    found.scan = std::move(*scanned);
    for (auto& layer : found.scan.outliers()) found.plan.kept.insert(layer);

    std::size_t next = 0, many = 1;
    for (;;) {
        if (progress) progress("judging", found.plan.kept.size(), found.layers);
        const auto judged = gate(found.plan);
        if (!judged) return fail(judged.error());
        found.judgement = *judged;
        const auto& parts = found.scan.parts;
        if (judged->good || next >= parts.size() || found.plan.kept.size() * 2 > found.layers) break;
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
