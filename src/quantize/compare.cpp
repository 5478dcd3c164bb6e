#include "quantize/compare.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace saccade::quantize {
namespace {

constexpr float no_pair = -1;

/// For each of `ours`, best first, the score and IoU of its pair among `theirs`.
struct Pair {
    float score = no_pair, iou = 0;
};
std::vector<Pair> pair_up(const detect::Detections& ours, const detect::Detections& theirs,
                          float least_iou) {
    std::vector<Pair> pairs(ours.size());
    std::vector<bool> taken(theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
        std::size_t best = theirs.size();
        float highest = least_iou;
        for (std::size_t j = 0; j < theirs.size(); ++j) {
            if (taken[j] || theirs[j].class_id != ours[i].class_id) continue;
            if (const float overlap = iou(ours[i].box, theirs[j].box); overlap >= highest) {
                if (overlap == highest && best != theirs.size()) continue;
                highest = overlap;
                best = j;
            }
        }
        if (best == theirs.size()) continue;
        taken[best] = true;
        pairs[i] = {theirs[best].score, highest};
    }
    return pairs;
}

/// Which of ours are above the threshold, and which of these have no pair of `least` score.
struct Counted {
    std::vector<std::size_t> all, unmet;
};
Counted count(const detect::Detections& ours, const detect::Detections& theirs, float iou,
              float threshold, float least) {
    Counted counted;
    const auto pairs = pair_up(ours, theirs, iou);
    for (std::size_t i = 0; i < ours.size(); ++i) {
        if (ours[i].score <= threshold) continue;
        counted.all.push_back(i);
        if (pairs[i].score <= least) counted.unmet.push_back(i);
    }
    return counted;
}

/// Of those above the threshold, how many have a pair of `least` score.
struct Share {
    std::size_t met = 0, of = 0;
    void add(const detect::Detections& ours, const detect::Detections& theirs, float iou,
             float threshold, float least) {
        const Counted counted = count(ours, theirs, iou, threshold, least);
        of += counted.all.size();
        met += counted.all.size() - counted.unmet.size();
    }
    [[nodiscard]] double value() const {
        return of == 0 ? 1.0 : static_cast<double>(met) / static_cast<double>(of);
    }
};

double f1(const Share& precision, const Share& recall) {
    const double p = precision.value(), r = recall.value();
    return p + r > 0 ? 2 * p * r / (p + r) : 0;
}

}  // namespace

Drift compare(std::span<const detect::Detections> reference,
              std::span<const detect::Detections> changed, float threshold) {
    Drift drift{.frames = reference.size()};
    Share p50, r50, p75, r75, strict_p, strict_r;
    double pairs = 0, weight = 0, lost = 0;
    for (std::size_t f = 0; f < reference.size() && f < changed.size(); ++f) {
        const auto &a = reference[f], &b = changed[f];
        const float near = threshold * near_threshold;
        p50.add(b, a, 0.5F, threshold, near);
        r50.add(a, b, 0.5F, threshold, near);
        p75.add(b, a, 0.75F, threshold, near);
        r75.add(a, b, 0.75F, threshold, near);
        strict_p.add(b, a, 0.5F, threshold, threshold);
        strict_r.add(a, b, 0.5F, threshold, threshold);
        const auto forth = pair_up(a, b, 0.5F);
        for (std::size_t i = 0; i < a.size(); ++i) {
            weight += a[i].score;
            if (forth[i].score == no_pair) {
                lost += a[i].score;
                continue;
            }
            const double apart = std::fabs(a[i].score - forth[i].score);
            lost += std::min<double>(a[i].score, apart + a[i].score * (1 - forth[i].iou));
            if (a[i].score <= threshold) continue;
            ++pairs;
            drift.score += apart;
            drift.box += 1 - forth[i].iou;
        }
        const auto back = pair_up(b, a, 0.5F);
        for (std::size_t i = 0; i < b.size(); ++i) {
            if (back[i].score != no_pair) continue;
            weight += b[i].score;
            lost += b[i].score;
        }
    }
    drift.reference = r50.of;
    drift.changed = p50.of;
    drift.f1_50 = f1(p50, r50);
    drift.f1_75 = f1(p75, r75);
    drift.strict_f1_50 = f1(strict_p, strict_r);
    if (pairs > 0) drift.score /= pairs, drift.box /= pairs;
    drift.loss = weight > 0 ? lost / weight : 0;
    return drift;
}

Shown shown(const detect::Detections& reference, const detect::Detections& changed,
            float threshold) {
    const float near = threshold * near_threshold;
    Counted before = count(reference, changed, 0.5F, threshold, near);
    Counted after = count(changed, reference, 0.5F, threshold, near);
    return {.before = std::move(before.all),
            .after = std::move(after.all),
            .lost = std::move(before.unmet),
            .added = std::move(after.unmet)};
}

}  // namespace saccade::quantize
