// The ID metrics: how long each person is followed under one id, over the whole sequence.
#pragma once

#include <span>

#include "eval/mot_sequence.h"

namespace saccade::eval {

/// Counts are whole numbers of boxes. A match is an IoU of 0.5 or more.
struct IdentityScore {
    double true_positives = 0, false_negatives = 0, false_positives = 0;  ///< IDTP, IDFN, IDFP
    double f1 = 0, recall = 0, precision = 0;                             ///< IDF1, IDR, IDP
};

/// E. Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking"
/// (2016): each person is given at most one track for the whole sequence, and the reverse, such
/// that the most boxes match.
IdentityScore evaluate_identity(const MotSequence& sequence);

/// Several sequences as one: counts are added.
IdentityScore combine(std::span<const IdentityScore> scores);

}  // namespace saccade::eval
