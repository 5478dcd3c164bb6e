// HOTA: detection and association quality in one figure, over 19 localisation thresholds.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "eval/mot_sequence.h"

namespace saccade::eval {

inline constexpr std::size_t hota_thresholds = 19;  // alpha = 0.05, 0.10 ... 0.95

/// One figure for each alpha.
using ByAlpha = std::array<double, hota_thresholds>;

[[nodiscard]] double hota_alpha(std::size_t index) noexcept;
/// The figure as it is published: the mean over the alphas.
[[nodiscard]] double mean(const ByAlpha& values) noexcept;

/// In [0, 1], but for the counts.
struct HotaScore {
    ByAlpha hota{};                                  ///< sqrt(det_a * ass_a)
    ByAlpha det_a{}, det_recall{}, det_precision{};  ///< DetA, DetRe, DetPr
    ByAlpha ass_a{}, ass_recall{}, ass_precision{};  ///< AssA, AssRe, AssPr
    ByAlpha loc_a{};                                 ///< mean IoU of the matches
    ByAlpha owta{};                                  ///< sqrt(det_recall * ass_a)
    ByAlpha true_positives{}, false_negatives{}, false_positives{};
};

/// J. Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking", IJCV 129
/// (2021). A sequence without truth or without tracks scores 0, and 1 in loc_a.
HotaScore evaluate_hota(const MotSequence& sequence);

/// Several sequences as one: counts are added, association is weighted by true positives.
HotaScore combine(std::span<const HotaScore> scores);

}  // namespace saccade::eval
