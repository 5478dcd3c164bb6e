// How large a batch may be made when the network is loaded. Needs no CUDA.
#pragma once

#include <algorithm>
#include <cstddef>

#include "memory/shares.h"

namespace saccade::infer::tensorrt {

/// Of what is available, the share of the network's own memory: three eighths of that of images.
/// The rest is for pictures and decoders, which are what a GPU lacks first: an H100's NVDEC gives
/// half of the frames that batches of 16 take (bench/results/h100.md).
inline constexpr double network_share = memory::image_share * 3 / 8;

/// The batch to try after `batch` images took `held` bytes where `available` were there; `batch`
/// itself where they are within their share. At least 1.
inline int batch_that_fits(int batch, std::size_t held, std::size_t available) {
    const double share = network_share * static_cast<double>(available);
    if (static_cast<double>(held) <= share || batch <= 1) return batch;
    const int fits = static_cast<int>(batch * share / static_cast<double>(held));
    return std::clamp(fits, 1, batch - 1);
}

}  // namespace saccade::infer::tensorrt
