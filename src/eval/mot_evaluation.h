// A tracker's result files against MOTChallenge ground truth: what `saccade eval` does.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/counts_report.h"
#include "eval/mot_file.h"
#include "eval/mot_report.h"
#include "eval/mot_sequence.h"
#include "saccade/error.h"

namespace saccade::eval {

struct EvalOptions {
    /// A folder of sequences, SEQ/gt/gt.txt each with SEQ/seqinfo.ini beside it, or one such SEQ.
    /// Without a seqinfo.ini a sequence ends with the last frame of truth or tracks.
    std::filesystem::path truth;
    /// The folder of results, one SEQ.txt a sequence.
    std::filesystem::path tracks;
    /// Judged in this order; empty: all of `truth`, by name.
    std::vector<std::string> sequences;
    /// None: mot15 where no box of the truth has a class, mot20 where the sequence's name begins
    /// with MOT20, else mot17.
    std::optional<MotBenchmark> benchmark;
};

/// Whose rules a truth asks for, where nobody says: as EvalOptions::benchmark.
[[nodiscard]] MotBenchmark benchmark_of(const MotFile& truth, const std::string& name);

/// Errors: not_found for a missing folder or file (also a sequence without a result), unreadable,
/// corrupt and unsupported as from read_mot_file and prepare_sequence; invalid_argument for a
/// sequence named twice. One bad sequence fails the whole.
Result<EvalReport> evaluate_mot(const EvalOptions& options);

/// Where `saccade eval --counts` counts.
struct CountOptions {
    CountPlaces places;  ///< of every sequence; without any, random ones of each
    int random_lines = 200, random_zones = 50;
    std::uint64_t seed = 1;
};

/// Errors: as evaluate_mot; corrupt for a sequence whose seqinfo.ini tells no frameRate.
Result<CountReport> evaluate_mot_counts(const EvalOptions& options, const CountOptions& counts);

/// One sequence that is in memory already.
SequenceScore evaluate_sequence(std::string name, const MotSequence& sequence);

/// Several sequences as one, under the name COMBINED.
SequenceScore combine(std::span<const SequenceScore> scores);

}  // namespace saccade::eval
