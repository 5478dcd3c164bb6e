// How far the detections of a changed network are from those of the network it was made from.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "detect/detector.h"

namespace saccade::quantize {

/// The reference's detections taken for the truth, class by class, one to one, best score first.
struct Drift {
    std::size_t frames = 0;
    std::size_t reference = 0, changed = 0;  ///< detections above the threshold
    double f1_50 = 1, f1_75 = 1;             ///< at IoU 0.5 and 0.75; see near_threshold
    double strict_f1_50 = 1;                 ///< both sides cut at the threshold exactly
    double score = 0;                        ///< mean of |difference| of pairs at IoU 0.5
    double box = 0;                          ///< mean of 1 - IoU of them
    double loss = 0;  ///< smooth, over all faint detections too: 0 equal, 1 nothing in common
};

/// A detection whose pair lies a little below the threshold is no loss: the pair would be lost as
/// easily by another's rounding. It must have so much of the threshold.
inline constexpr float near_threshold = 0.6F;

/// Both with detections down to `faint` (network.h), frame by frame. `threshold`: least score that
/// counts.
Drift compare(std::span<const detect::Detections> reference,
              std::span<const detect::Detections> changed, float threshold = 0.25F);

/// What people see of one picture: indices of the detections above the threshold, and of those
/// among them that f1_50 counts as unmet.
struct Shown {
    std::vector<std::size_t> before, after;  ///< of the reference and of the changed network
    std::vector<std::size_t> lost, added;    ///< part of before, and of after
    [[nodiscard]] std::size_t differing() const noexcept { return lost.size() + added.size(); }
};
Shown shown(const detect::Detections& reference, const detect::Detections& changed,
            float threshold = 0.25F);

}  // namespace saccade::quantize
