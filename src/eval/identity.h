// The ID metrics: how long each person is followed under one id, over the whole sequence.
#pragma once

#include <span>

#include "eval/match_score.h"
#include "eval/mot_sequence.h"

namespace saccade::eval {

/// IDTP, IDFN, IDFP; IDF1, IDR, IDP.
struct IdentityScore : MatchScore {};

/// E. Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking"
/// (2016): each person is given at most one track for the whole sequence, and the reverse, such
/// that the most boxes match.
IdentityScore evaluate_identity(const MotSequence& sequence);

/// Several sequences as one: counts are added.
IdentityScore combine(std::span<const IdentityScore> scores);

}  // namespace saccade::eval
