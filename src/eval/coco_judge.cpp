#include "eval/coco_judge.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace saccade::eval {
namespace {

constexpr std::size_t recall_points = 101;

double iou_threshold(std::size_t t) noexcept {
    constexpr double first = 0.5, last = 0.95;
    const double value =
        t + 1 == coco_thresholds ? last : first + static_cast<double>(t) * ((last - first) / 9);
    return std::min(value, 1 - 1e-10);
}

double recall_point(std::size_t i) noexcept {
    return i + 1 == recall_points ? 1.0 : static_cast<double>(i) * 0.01;
}

}  // namespace

std::vector<double> coco_overlaps(std::span<const ScoredBox> found,
                                  std::span<const CocoAnnotation* const> truth) {
    std::vector<double> overlaps(found.size() * truth.size(), 0.0);
    for (std::size_t d = 0; d < found.size(); ++d) {
        const ScoredBox& a = found[d];
        for (std::size_t g = 0; g < truth.size(); ++g) {
            const CocoAnnotation& b = *truth[g];
            const double w = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
            const double h = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
            if (w <= 0 || h <= 0) continue;
            const double inter = w * h, own = a.width * a.height;
            overlaps[d * truth.size() + g] =
                inter / (b.crowd ? own : own + b.width * b.height - inter);
        }
    }
    return overlaps;
}

std::size_t judge_image(std::span<const ScoredBox> found,
                        std::span<const CocoAnnotation* const> truth,
                        std::span<const double> overlaps, const AreaRange& range,
                        std::vector<JudgedDetection>& out) {
    const auto is_ignored = [&](std::size_t g) {
        return truth[g]->crowd || !range.contains(truth[g]->area);
    };
    std::vector<std::size_t> order(truth.size());  // ignored objects last
    std::iota(order.begin(), order.end(), 0U);
    const auto first_ignored = std::stable_partition(order.begin(), order.end(),
                                                     [&](std::size_t g) { return !is_ignored(g); });
    const auto counted = static_cast<std::size_t>(first_ignored - order.begin());

    const std::size_t first_out = out.size();
    for (std::size_t d = 0; d < found.size(); ++d) out.push_back({found[d].score, d, 0, 0});
    std::vector<bool> taken;
    for (std::size_t t = 0; t < coco_thresholds; ++t) {
        const auto bit = static_cast<std::uint16_t>(1U << t);
        taken.assign(truth.size(), false);
        for (std::size_t d = 0; d < found.size(); ++d) {
            double best = iou_threshold(t);
            std::size_t match = truth.size();  // a place in `order`
            for (std::size_t k = 0; k < order.size(); ++k) {
                const std::size_t g = order[k];
                if (taken[g] && !truth[g]->crowd) continue;
                if (match < counted && k >= counted) break;  // has an object that counts
                const double overlap = overlaps[d * truth.size() + g];
                if (overlap < best) continue;
                best = overlap;
                match = k;
            }
            JudgedDetection& judged = out[first_out + d];
            if (match < truth.size()) {
                taken[order[match]] = true;
                judged.matched |= bit;
                if (match >= counted) judged.ignored |= bit;
            } else if (!range.contains(found[d].width * found[d].height)) {
                judged.ignored |= bit;
            }
        }
    }
    return counted;
}

CocoCurve coco_curve(std::span<const JudgedDetection> judged, std::size_t objects,
                     std::size_t max_detections) {
    CocoCurve curve;
    std::vector<double> precision, recall;
    for (std::size_t t = 0; t < coco_thresholds; ++t) {
        precision.clear();
        recall.clear();
        double right = 0, wrong = 0;
        for (const JudgedDetection& d : judged) {
            if (d.rank >= max_detections) continue;
            if ((d.ignored >> t & 1U) == 0) ((d.matched >> t & 1U) != 0 ? right : wrong) += 1;
            recall.push_back(right / static_cast<double>(objects));
            precision.push_back(right / (wrong + right + std::numeric_limits<double>::epsilon()));
        }
        curve.recall[t] = recall.empty() ? 0 : recall.back();
        for (std::size_t i = precision.size(); i-- > 1;) {
            precision[i - 1] = std::max(precision[i - 1], precision[i]);
        }
        double sum = 0;
        for (std::size_t i = 0; i < recall_points; ++i) {
            const auto at = std::lower_bound(recall.begin(), recall.end(), recall_point(i));
            if (at == recall.end()) break;
            sum += precision[static_cast<std::size_t>(at - recall.begin())];
        }
        curve.precision[t] = sum / recall_points;
    }
    return curve;
}

}  // namespace saccade::eval
