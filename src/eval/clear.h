// The CLEAR MOT metrics: misses, false tracks and identity switches, frame by frame.
#pragma once

#include <span>

#include "eval/match_score.h"
#include "eval/mot_sequence.h"

namespace saccade::eval {

/// Counts are whole numbers.
struct ClearScore : MatchScore {
    double switches = 0;        ///< IDSW: a person goes on under another track id
    double fragmentations = 0;  ///< Frag: a person's matches begin again after a gap
    /// People matched in more than 80 % of their frames, in 20 % or more, in fewer.
    double mostly_tracked = 0, partly_tracked = 0, mostly_lost = 0;
    double iou_sum = 0;  ///< over the matches
    double frames = 0;   ///< 0 where there was no truth or no track

    double mota = 0;  ///< 1 - (FN + FP + IDSW) / boxes of the truth; can be below 0
    double motp = 0;  ///< mean IoU of the matches
    double moda = 0, smota = 0, motal = 0;  ///< without switches; IoU for TP; log10 of switches
    double false_positives_per_frame = 0;
    double mostly_tracked_ratio = 0, partly_tracked_ratio = 0, mostly_lost_ratio = 0;
};

/// K. Bernardin and R. Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR
/// MOT metrics" (2008), with the matching of MOTChallenge: in each frame first as many pairs as
/// possible go on from the frame before, then the IoU is largest.
ClearScore evaluate_clear(const MotSequence& sequence);

/// Several sequences as one: counts are added.
ClearScore combine(std::span<const ClearScore> scores);

}  // namespace saccade::eval
