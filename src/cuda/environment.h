// What the CUDA driver is told by the environment.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace saccade::cuda {

/// Sets, where the user has not: code is loaded when it is first used, which the warm-up does (and not
/// all of TensorRT's 230 MB at the start); code compiled by the driver for GPUs newer than this program
/// is kept in `cache`, for the next start. To be called before threads are made and the driver is asked.
inline void set_environment(const std::filesystem::path& cache) {
    ::setenv("CUDA_MODULE_LOADING", "LAZY", 0);
    ::setenv("CUDA_CACHE_PATH", (cache / "cuda").c_str(), 0);
}

}  // namespace saccade::cuda
