#include "eval/identity.h"

namespace saccade::eval {

IdentityScore evaluate_identity(const MotSequence& sequence) {
    std::vector<std::size_t> matches(sequence.pairs.size(), 0);
    for (const MotFrame& frame : sequence.frames) {
        for (const Overlap& o : frame.overlaps) {
            if (o.iou >= 0.5) ++matches[o.pair];
        }
    }
    // Only tracks that match somebody take part: a tracker may write very many that never do.
    std::vector<int> column(sequence.track_boxes.size(), -1);
    int columns = 0;
    for (std::size_t p = 0; p < matches.size(); ++p) {
        int& c = column[static_cast<std::size_t>(sequence.pairs[p].track)];
        if (matches[p] > 0 && c < 0) c = columns++;
    }
    BestMatching matching;
    const auto width = static_cast<std::size_t>(columns);
    matching.reset(sequence.truth_boxes.size(), width);
    std::vector<std::size_t> count(sequence.truth_boxes.size() * width, 0);
    for (std::size_t p = 0; p < matches.size(); ++p) {
        if (matches[p] == 0) continue;
        const auto row = static_cast<std::size_t>(sequence.pairs[p].truth);
        const auto c =
            static_cast<std::size_t>(column[static_cast<std::size_t>(sequence.pairs[p].track)]);
        matching.allow(row, c, static_cast<double>(matches[p]));
        count[row * width + c] = matches[p];
    }

    IdentityScore score;
    const auto column_of = matching.solve();
    for (std::size_t row = 0; row < column_of.size(); ++row) {
        if (column_of[row] < 0) continue;
        score.true_positives +=
            static_cast<double>(count[row * width + static_cast<std::size_t>(column_of[row])]);
    }
    score.count_rest(sequence);
    score.finish();
    return score;
}

IdentityScore combine(std::span<const IdentityScore> scores) {
    IdentityScore all;
    for (const IdentityScore& score : scores) all.add_counts(score);
    all.finish();
    return all;
}

}  // namespace saccade::eval
