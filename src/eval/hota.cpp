#include "eval/hota.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace saccade::eval {
namespace {

// How well two identities agree over the whole sequence: the Jaccard index of their boxes, where a
// box that overlaps several others is shared out by IoU.
std::vector<double> alignments(const MotSequence& sequence) {
    std::vector<double> common(sequence.pairs.size(), 0.0);
    std::vector<double> of_truth, of_track;
    for (const MotFrame& frame : sequence.frames) {
        of_truth.assign(frame.truth.size(), 0.0);
        of_track.assign(frame.tracks.size(), 0.0);
        for (const Overlap& o : frame.overlaps) {
            of_truth[index(o.truth)] += o.iou;
            of_track[index(o.track)] += o.iou;
        }
        for (const Overlap& o : frame.overlaps) {
            const double all = of_truth[index(o.truth)] + of_track[index(o.track)] - o.iou;
            if (all > epsilon) common[o.pair] += o.iou / all;
        }
    }
    for (std::size_t p = 0; p < common.size(); ++p) {
        const auto boxes =
            static_cast<double>(sequence.truth_boxes[index(sequence.pairs[p].truth)] +
                                sequence.track_boxes[index(sequence.pairs[p].track)]);
        common[p] /= boxes - common[p];
    }
    return common;
}

// How many of the alphas an IoU reaches.
std::size_t alphas_reached(double iou) noexcept {
    std::size_t n = 0;
    while (n < hota_thresholds && iou >= hota_alpha(n) - epsilon) ++n;
    return n;
}

// The figures that follow from the counts and the association.
void finish(HotaScore& s) {
    for (std::size_t a = 0; a < hota_thresholds; ++a) {
        const double tp = s.true_positives[a], fn = s.false_negatives[a], fp = s.false_positives[a];
        s.det_recall[a] = tp / std::max(1.0, tp + fn);
        s.det_precision[a] = tp / std::max(1.0, tp + fp);
        s.det_a[a] = tp / std::max(1.0, tp + fn + fp);
        s.hota[a] = std::sqrt(s.det_a[a] * s.ass_a[a]);
        s.owta[a] = std::sqrt(s.det_recall[a] * s.ass_a[a]);
    }
}

double mean_iou(double sum, double matches) {
    return std::max(1e-10, sum) / std::max(1e-10, matches);  // 1 where nothing matched
}

}  // namespace

double hota_alpha(std::size_t i) noexcept {
    return 0.05 + static_cast<double>(i) * 0.05;
}

double mean(const ByAlpha& values) noexcept {
    return std::accumulate(values.begin(), values.end(), 0.0) / hota_thresholds;
}

HotaScore evaluate_hota(const MotSequence& sequence) {
    HotaScore score;
    if (sequence.all_truth_boxes == 0 || sequence.all_track_boxes == 0) {
        score.false_negatives.fill(static_cast<double>(sequence.all_truth_boxes));
        score.false_positives.fill(static_cast<double>(sequence.all_track_boxes));
        score.loc_a.fill(1);
        return score;
    }

    const std::vector<double> alignment = alignments(sequence);
    // Matches of each pair by the number of alphas they reach; summed from above afterwards.
    std::vector<std::array<std::size_t, hota_thresholds + 1>> matches(sequence.pairs.size());
    ByAlpha iou_sum{};
    BestMatching matching;
    std::vector<int> overlap_of;  // of truth and track places, -1 where there is none
    for (const MotFrame& frame : sequence.frames) {
        matching.reset(frame.truth.size(), frame.tracks.size());
        overlap_of.assign(frame.truth.size() * frame.tracks.size(), -1);
        for (std::size_t i = 0; i < frame.overlaps.size(); ++i) {
            const Overlap& o = frame.overlaps[i];
            matching.allow(index(o.truth), index(o.track), alignment[o.pair] * o.iou);
            overlap_of[index(o.truth) * frame.tracks.size() + index(o.track)] = static_cast<int>(i);
        }
        const auto track_of = matching.solve();
        for (std::size_t t = 0; t < track_of.size(); ++t) {
            if (track_of[t] < 0) continue;
            const int at = overlap_of[t * frame.tracks.size() + index(track_of[t])];
            const Overlap& o = frame.overlaps[index(at)];
            const std::size_t reached = alphas_reached(o.iou);
            ++matches[o.pair][reached];
            for (std::size_t a = 0; a < reached; ++a) iou_sum[a] += o.iou;
        }
    }

    for (std::size_t p = 0; p < sequence.pairs.size(); ++p) {
        const auto truth =
            static_cast<double>(sequence.truth_boxes[index(sequence.pairs[p].truth)]);
        const auto track =
            static_cast<double>(sequence.track_boxes[index(sequence.pairs[p].track)]);
        double n = 0;
        for (std::size_t a = hota_thresholds; a-- > 0;) {
            n += static_cast<double>(matches[p][a + 1]);
            score.true_positives[a] += n;
            score.ass_a[a] += n * n / (truth + track - n);
            score.ass_recall[a] += n * n / truth;
            score.ass_precision[a] += n * n / track;
        }
    }
    for (std::size_t a = 0; a < hota_thresholds; ++a) {
        const double tp = score.true_positives[a];
        score.false_negatives[a] = static_cast<double>(sequence.all_truth_boxes) - tp;
        score.false_positives[a] = static_cast<double>(sequence.all_track_boxes) - tp;
        score.ass_a[a] /= std::max(1.0, tp);
        score.ass_recall[a] /= std::max(1.0, tp);
        score.ass_precision[a] /= std::max(1.0, tp);
        score.loc_a[a] = mean_iou(iou_sum[a], tp);
    }
    finish(score);
    return score;
}

HotaScore combine(std::span<const HotaScore> scores) {
    HotaScore all;
    for (std::size_t a = 0; a < hota_thresholds; ++a) {
        double iou_sum = 0;
        for (const HotaScore& s : scores) {
            const double tp = s.true_positives[a];
            all.true_positives[a] += tp;
            all.false_negatives[a] += s.false_negatives[a];
            all.false_positives[a] += s.false_positives[a];
            all.ass_a[a] += s.ass_a[a] * tp;
            all.ass_recall[a] += s.ass_recall[a] * tp;
            all.ass_precision[a] += s.ass_precision[a] * tp;
            iou_sum += s.loc_a[a] * tp;
        }
        const double weight = std::max(1.0, all.true_positives[a]);
        all.ass_a[a] /= weight;
        all.ass_recall[a] /= weight;
        all.ass_precision[a] /= weight;
        all.loc_a[a] = mean_iou(iou_sum, all.true_positives[a]);
    }
    finish(all);
    return all;
}

}  // namespace saccade::eval
