#include "profile/sampler.h"

#include <pthread.h>

namespace saccade::profile {

Sampler::Sampler(int cuda_device, std::chrono::milliseconds period)
    : period_(period),
      nvml_(cuda::Nvml::of_cuda_device(cuda_device)),
      cpu_start_(process_cpu()),
      cpu_last_(cpu_start_),
      last_(std::chrono::steady_clock::now()) {
    for (ThreadStats& thread : read_threads()) first_.emplace(thread.id, std::move(thread));
    thread_ = std::jthread([this](std::stop_token stop) { loop(std::move(stop)); });
}

Sampler::~Sampler() = default;

void Sampler::loop(std::stop_token stop) {
    ::pthread_setname_np(::pthread_self(), "sampler");
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        wake_.wait_for(lock, stop, period_, [] { return false; });
        sample();
    }
}

void Sampler::sample() {
    const auto now = std::chrono::steady_clock::now();
    const auto cpu = process_cpu();
    Sample sample{.time = now, .memory = resident_memory()};
    const std::chrono::duration<double> passed = now - last_, used = cpu - cpu_last_;
    if (passed.count() > 0) sample.cores = used / passed;
    if (nvml_) sample.gpu = nvml_->sample();
    series_.push_back(sample);
    cpu_last_ = cpu;
    last_ = now;
    for (ThreadStats& thread : read_threads()) latest_[thread.id] = std::move(thread);
}

Samples Sampler::finish() {
    thread_.request_stop();
    thread_.join();
    Samples samples{.series = std::move(series_), .cpu = process_cpu() - cpu_start_};
    if (nvml_) samples.gpu = nvml_->name();
    for (auto& [id, thread] : latest_) {
        if (const auto before = first_.find(id); before != first_.end()) {
            thread.cpu -= before->second.cpu;
            thread.delayed -= before->second.delayed;
        }
        samples.threads.push_back(std::move(thread));
    }
    return samples;
}

}  // namespace saccade::profile
