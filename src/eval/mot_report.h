// The scores of a tracker on a set of sequences, and how a person or a program reads them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "eval/clear.h"
#include "eval/hota.h"
#include "eval/identity.h"

namespace saccade::eval {

struct SequenceScore {
    std::string name;
    HotaScore hota;
    ClearScore clear;
    IdentityScore identity;
    std::size_t frames = 0;
    std::size_t boxes = 0, truth_boxes = 0;  ///< after preprocessing
    std::size_t ids = 0, truth_ids = 0;
};

struct EvalReport {
    std::vector<SequenceScore> sequences;
    SequenceScore combined;  ///< named COMBINED
};

/// A figure under the name that MOTChallenge and TrackEval give it.
struct Figure {
    std::string_view name;
    double value = 0;
    bool whole = false;  ///< a count, not a ratio
};
/// As Figure, for each alpha of HOTA.
struct FigureByAlpha {
    std::string_view name;
    ByAlpha values{};
};

/// All figures of a sequence, in the order in which they are printed. HOTA's are means over alpha.
std::vector<Figure> figures(const SequenceScore& score);
std::vector<FigureByAlpha> figures_by_alpha(const SequenceScore& score);

/// A line a sequence and one for COMBINED; ratios in percent. Ends with a line break.
std::string format_table(const EvalReport& report);

/// {"sequences": {NAME: {FIGURE: number, ..., "by_alpha": {FIGURE: [19 numbers]}}}, "combined":
/// ...}; ratios in [0, 1].
std::string format_json(const EvalReport& report);

}  // namespace saccade::eval
