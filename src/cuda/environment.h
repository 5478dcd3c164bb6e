// What the CUDA driver is told by the environment.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "core/file_cache.h"

namespace saccade::cuda {

/// Sets, where the user has not: code is loaded when it is first used, which the warm-up does (and
/// not all of TensorRT's 230 MB at the start); code compiled by the driver for GPUs newer than this
/// program is kept in `cache`, for the next start, unless others may write there. To be called
/// before threads are made and the driver is asked.
inline void set_environment(const std::filesystem::path& cache) {
    ::setenv("CUDA_MODULE_LOADING", "LAZY", 0);
    if (std::getenv("CUDA_CACHE_PATH") != nullptr) return;
    const std::filesystem::path compiled = cache / "cuda";
    ::setenv("CUDA_CACHE_PATH", compiled.c_str(), 0);
    // The driver loads what it finds there. It makes the folder itself, where there is a GPU.
    std::error_code none;
    const auto there = std::filesystem::symlink_status(compiled, none).type();
    if (there != std::filesystem::file_type::not_found && !usable_cache(compiled)) {
        ::setenv("CUDA_CACHE_DISABLE", "1", 0);
    }
}

}  // namespace saccade::cuda
