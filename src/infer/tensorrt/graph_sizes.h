// Which batches have a CUDA graph, and which one a batch takes. Needs no CUDA.
#pragma once

#include <algorithm>
#include <vector>

#include "infer/tensorrt/api.h"

namespace saccade::infer::tensorrt {

/// Powers of two and the most: a batch in between runs as the next larger one, whose further images
/// are what was there before. A graph for each size would take memory and seconds at start.
inline std::vector<int> graph_sizes(int max_batch, bool fixed_batch) {
    std::vector<int> sizes;
    if (!fixed_batch) {
        for (int size = 1; size < max_batch; size *= 2) sizes.push_back(size);
    }
    sizes.push_back(max_batch);
    return sizes;
}

/// The least of the sizes that holds the batch. 1 <= batch <= sizes.back().
inline int size_for(const std::vector<int>& sizes, int batch) {
    return *std::lower_bound(sizes.begin(), sizes.end(), batch);
}

/// The profile with the least upper end that holds the batch: kernels were chosen for that range.
/// -1 where none does.
inline int profile_for(const std::vector<BatchRange>& profiles, int batch) {
    int best = -1;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        if (batch < profiles[i].least || batch > profiles[i].most) continue;
        if (best < 0 || profiles[i].most < profiles[static_cast<std::size_t>(best)].most) {
            best = static_cast<int>(i);
        }
    }
    return best;
}

}  // namespace saccade::infer::tensorrt
