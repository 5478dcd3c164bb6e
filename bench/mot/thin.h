// Sequences as a slower or a worse camera would have given them, for tracker benchmarks.
#pragma once

#include "eval/mot_file.h"
#include "mot_files.h"

namespace saccade::bench {

/// What is taken from a sequence. Reproducible: the same everywhere for one seed.
struct Thinning {
    double rate = 0;         ///< frames per second to come down to; 0: all frames
    double dropped = 0;      ///< part of the detections that is left out, [0, 1)
    double noise = 0;        ///< deviation of centres and sizes, in parts of the box's size
    std::uint64_t seed = 1;  ///< of what is dropped, and of the noise
};

/// Every how many frames one is kept: the sequence's rate over the one asked for, rounded, 1 or
/// more. (So MOT17-05's 14 fps stay 14 at 30 and 15, and become 7 at 6 and 2.8 at 3.)
[[nodiscard]] int every_of(const DetectionSequence& sequence, const Thinning& thinning);

/// Frames 1, 1 + every, ... renumbered from 1, at the rate that results. Detections are dropped
/// and moved after that, each on its own: centres by normal deviates of noise * (width, height),
/// sizes by factors exp(noise * deviate).
[[nodiscard]] DetectionSequence thin(const DetectionSequence& sequence, const Thinning& thinning);

/// The truth of the same frames, renumbered in the same way; boxes as they are.
[[nodiscard]] eval::MotFile thin(const eval::MotFile& truth, int every);

/// Writes DIR/seqinfo.ini, det/det.txt and gt/gt.txt, which whoever reads MOTChallenge can read.
Result<void> write_sequence(const std::filesystem::path& dir, const DetectionSequence& sequence,
                            const eval::MotFile& truth);

}  // namespace saccade::bench
