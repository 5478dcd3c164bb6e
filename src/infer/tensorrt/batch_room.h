// How large a batch may be made when the network is loaded. Needs no CUDA.
#pragma once

#include <algorithm>
#include <cstddef>

namespace saccade::infer::tensorrt {

/// Of what is available, images get 0.8; three eighths of that are for the network's own memory,
/// the rest for pictures and decoders, which are what a GPU lacks first: an H100's NVDEC gives half
/// of the frames that batches of 16 take (bench/results/h100.md).
inline constexpr double image_share = 0.8 * 3 / 8;

/// The batch to try after `batch` images took `held` bytes where `available` were there; `batch`
/// itself where they are within their share. At least 1.
inline int batch_that_fits(int batch, std::size_t held, std::size_t available) {
    const double room = image_share * static_cast<double>(available);
    if (static_cast<double>(held) <= room || batch <= 1) return batch;
    const int fits = static_cast<int>(batch * room / static_cast<double>(held));
    return std::clamp(fits, 1, batch - 1);
}

}  // namespace saccade::infer::tensorrt
