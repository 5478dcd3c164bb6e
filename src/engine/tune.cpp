#include "engine/tune.h"

#include <algorithm>

namespace saccade::engine {
namespace {

constexpr int pair_count = 5;

/// Nothing where the changed settings can't be run. The order within the pairs alternates: a
/// machine that slows down steadily favours neither.
Result<std::vector<double>> ratios_of(const Settings& base, const Settings& changed,
                                      const Measure& measure, bool give_up_early) {
    std::vector<double> ratios;
    for (int pair = 0; pair < pair_count; ++pair) {
        const bool base_first = pair % 2 == 0;
        double rates[2] = {};
        for (const bool is_base : {base_first, !base_first}) {
            const auto rate = measure(is_base ? base : changed);
            if (!rate && (is_base || rate.error().code == ErrorCode::interrupted)) {
                return fail(rate.error());
            }
            if (!rate) return std::vector<double>{};
            rates[is_base ? 0 : 1] = *rate;
        }
        if (rates[0] <= 0) return std::vector<double>{};
        ratios.push_back(rates[1] / rates[0]);
        if (give_up_early && ratios.back() < least_gain) break;
    }
    return ratios;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace

Result<Tuned> tune(const Settings& base, const std::vector<ChangeGroup>& groups,
                   const Measure& measure) {
    Tuned tuned{.settings = base, .trials = {}};
    for (const ChangeGroup& group : groups) {
        for (const Change& change : group) {
            Settings changed = tuned.settings;
            change.apply(changed);
            auto ratios = ratios_of(tuned.settings, changed, measure, true);
            if (!ratios) return fail(ratios.error());
            Trial trial{.name = change.name, .ratio = median(*ratios)};
            trial.kept = ratios->size() == pair_count &&
                         *std::min_element(ratios->begin(), ratios->end()) >= least_gain;
            tuned.trials.push_back(trial);
            if (!trial.kept) break;
            tuned.settings = changed;
        }
    }
    const bool changed = std::any_of(tuned.trials.begin(), tuned.trials.end(),
                                     [](const Trial& trial) { return trial.kept; });
    if (!changed) return tuned;
    // Of many tries one may win by luck: what is left of it shows in a second look.
    const auto again = ratios_of(base, tuned.settings, measure, false);
    if (!again) return fail(again.error());
    Trial all{.name = "all together", .ratio = median(*again)};
    all.kept = all.ratio >= least_gain;
    if (!all.kept) tuned.settings = base;
    tuned.trials.push_back(all);
    return tuned;
}

}  // namespace saccade::engine
