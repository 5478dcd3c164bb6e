// One sequence made ready for the metrics: MOTChallenge's preprocessing, dense ids, overlaps.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/assignment.h"
#include "eval/mot_file.h"
#include "saccade/error.h"

namespace saccade::eval {

/// Whose rules prepare the truth.
enum class MotBenchmark {
    mot15,  ///< classes mean nothing; boxes of confidence 0 do not count
    mot17,  ///< MOT16 and MOT17: people are judged; tracks on people on vehicles, static people,
            ///< distractors and reflections are taken out first
    mot20,  ///< as mot17, and tracks on non-motorised vehicles are taken out too
};

/// What the metrics forgive where a figure stands at a border.
inline constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// Ids and places below, none of which is negative, as what containers want.
[[nodiscard]] constexpr std::size_t index(int i) noexcept {
    return static_cast<std::size_t>(i);
}

/// A box of the truth and one of the tracker that have some IoU, in one frame.
struct Overlap {
    int truth = 0, track = 0;  ///< places in the frame's lists
    double iou = 0;            ///< in (0, 1]
    std::size_t pair = 0;      ///< which two identities: an index below MotSequence::pairs.size()
};

struct MotFrame {
    std::vector<int> truth, tracks;  ///< identities, from 0 without gaps over the sequence
    std::vector<Overlap> overlaps;
};

/// Two identities that overlap in some frame.
struct IdentityPair {
    int truth = 0, track = 0;
    friend auto operator<=>(const IdentityPair&, const IdentityPair&) = default;
};

struct MotSequence {
    std::vector<MotFrame> frames;
    std::vector<IdentityPair> pairs;
    std::vector<std::size_t> truth_boxes, track_boxes;  ///< of each identity
    std::size_t all_truth_boxes = 0, all_track_boxes = 0;
};

/// Applies the benchmark's rules over `frames` frames. A track box is taken out when the best
/// one-to-one matching at IoU 0.5 gives it to a box of a distractor class; then of the truth only
/// what is to be judged is kept. The names stand for the files in messages.
/// Errors: corrupt for a frame beyond `frames` or a class of the truth that the benchmark does not
/// know; unsupported for a track of another class than a person, or over 5000 boxes in a frame.
Result<MotSequence> prepare_sequence(const MotFile& truth, const std::string& truth_name,
                                     const MotFile& tracks, const std::string& tracks_name,
                                     int frames, MotBenchmark benchmark);

/// What prepare_sequence judges, as rows: people of the truth, and tracks that are not taken out.
struct JudgedRows {
    MotFile truth, tracks;
};
/// Arguments and errors as prepare_sequence.
Result<JudgedRows> judged_rows(const MotFile& truth, const std::string& truth_name,
                               const MotFile& tracks, const std::string& tracks_name, int frames,
                               MotBenchmark benchmark);

/// The one-to-one matching of `rows` and `columns` with the largest sum of scores, which are above
/// 0 where two may be matched at all. Reuses its memory. One thread at a time.
class BestMatching {
  public:
    /// Forgets all scores.
    void reset(std::size_t rows, std::size_t columns);
    void allow(std::size_t row, std::size_t column, double score) {
        cost_[row * columns_ + column] = -score;
    }
    /// The column of each row, -1 where it has none; valid until the next call.
    [[nodiscard]] std::span<const int> solve();

  private:
    std::vector<double> cost_;
    std::size_t rows_ = 0, columns_ = 0;
    AssignmentSolver solver_;
};

}  // namespace saccade::eval
