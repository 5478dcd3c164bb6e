// Which batches have a CUDA graph, and which one a batch takes. Needs no CUDA.
#pragma once

#include <algorithm>
#include <bit>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "infer/backend.h"
#include "infer/tensorrt/api.h"

namespace saccade::infer::tensorrt {

/// Powers of two and the most: a batch in between runs as the next larger one, whose further images
/// are what was there before. A context and a graph for each takes memory and a fifth of a second:
/// for throughput only the most is made at once, with one for small batches where these are known
/// to be common; others are wanted when batches keep coming that they would do for. For latency all
/// are made, as no batch may wait for one. Not thread-safe.
class GraphSizes {
  public:
    /// `small`: as BackendOptions::small_batch.
    GraphSizes(int most, bool fixed, Goal goal, int small = 0) : fixed_(fixed) {
        for (int size = 1; size < most && !fixed; size *= 2) {
            const bool holds_small = small > size / 2 && small <= size;
            if (goal == Goal::latency || holds_small) made_.push_back(size);
        }
        made_.push_back(most);
    }

    /// Ascending.
    [[nodiscard]] const std::vector<int>& made() const noexcept { return made_; }

    /// The size that a batch (1 to the most) runs in.
    int take(int batch) {
        const int fits = *std::lower_bound(made_.begin(), made_.end(), batch);
        const int best =
            std::min(static_cast<int>(std::bit_ceil(static_cast<unsigned>(batch))), made_.back());
        if (best == made_.back()) misfits_.clear();
        if (fits != best && !fixed_ && ++misfits_[best] >= patience && asked_.insert(best).second) {
            wanted_.push_back(best);
        }
        return fits;
    }

    /// A size to be made, told once: no size is tried again that could not be.
    std::optional<int> next_wanted() {
        if (wanted_.empty()) return std::nullopt;
        const int size = wanted_.front();
        wanted_.pop_front();
        return size;
    }
    void add(int size) { made_.insert(std::lower_bound(made_.begin(), made_.end(), size), size); }

    /// Batches that a smaller size would have done for, without one between them that needs the
    /// largest. The end of a stream has fewer.
    static constexpr int patience = 8;

  private:
    std::vector<int> made_;
    const bool fixed_;
    std::map<int, int>
        misfits_;  ///< since the largest was needed, by the size that would have done
    std::set<int> asked_;
    std::deque<int> wanted_;
};

/// The profile that a batch runs in, -1 where none holds it. For latency the one with the least
/// upper end: kernels were chosen for that range. For throughput always that with the greatest, so
/// that a frame's result does not depend on how many others were there with it.
inline int profile_for(const std::vector<BatchRange>& profiles, int batch, Goal goal) {
    int best = -1;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        if (batch < profiles[i].least || batch > profiles[i].most) continue;
        if (best >= 0) {
            const bool narrower = profiles[i].most < profiles[static_cast<std::size_t>(best)].most;
            if (narrower != (goal == Goal::latency)) continue;
        }
        best = static_cast<int>(i);
    }
    return best;
}

}  // namespace saccade::infer::tensorrt
