// Looks at the process many times a second while a run goes on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "cuda/nvml.h"
#include "profile/process_stats.h"

namespace saccade::profile {

struct Sample {
    std::chrono::steady_clock::time_point time;
    double cores = 0;        ///< busy on average since the sample before
    std::size_t memory = 0;  ///< resident, bytes
    std::optional<cuda::GpuSample> gpu;
};

/// What a Sampler saw.
struct Samples {
    std::vector<Sample> series;
    std::vector<ThreadStats> threads;  ///< all that were alive at a sample; times since the start
    std::chrono::nanoseconds cpu{0};   ///< of the process, exact
    std::string gpu;                   ///< its name, where there is one
};

/// Samples on a thread of its own from construction until finish().
class Sampler {
  public:
    /// `cuda_device`: GPU to look at as well, -1: none.
    explicit Sampler(int cuda_device = -1,
                     std::chrono::milliseconds period = std::chrono::milliseconds(50));
    ~Sampler();
    Sampler(const Sampler&) = delete;
    Sampler& operator=(const Sampler&) = delete;

    /// To be called once.
    Samples finish();

  private:
    void sample();
    void loop(std::stop_token stop);

    const std::chrono::milliseconds period_;
    std::optional<cuda::Nvml> nvml_;
    std::chrono::nanoseconds cpu_start_, cpu_last_;
    std::chrono::steady_clock::time_point last_;
    std::map<int, ThreadStats> first_;  ///< as they were when first seen, of those that were before
    std::map<int, ThreadStats> latest_;
    std::vector<Sample> series_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

}  // namespace saccade::profile
