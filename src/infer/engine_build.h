// Engines that are compiled for a device ahead of their first use.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "infer/device.h"
#include "infer/precision.h"

namespace saccade::infer {

/// TensorRT's own default.
constexpr int default_builder_level = 3;

struct EngineBuild {
    Precision precision = Precision::fp16;
    int max_batch = 32;
    int height = 640, width = 640;  ///< px; ignored where the network's size is fixed
    int capability = 0;             ///< 86: for 8.6, without that GPU; 0: for the GPU of `device`
    int level = default_builder_level;  ///< as BackendOptions::builder_level
    Device device{0};
    std::string cache_dir;
    std::function<void(const std::string& phase, int step, int steps)> progress;  ///< may be empty
    std::stop_token stop;
};

struct BuiltEngine {
    std::string backend;         ///< "tensorrt-rtx 1.7.1"
    std::filesystem::path path;  ///< of the sealed plan in the cache
    std::size_t bytes = 0;       ///< of the plan
    int max_batch = 1;           ///< in effect: a network of fixed batch keeps it
    bool was_there = false;      ///< found in the cache
    double seconds = 0;
};

}  // namespace saccade::infer
