#include <algorithm>
#include <numeric>

#include "bench/suites.h"
#include "profile/process_stats.h"

namespace saccade::bench {

void Usage::begin() {
    start_ = std::chrono::steady_clock::now();
    machine_ = profile::machine_cpu();
    sampler_.emplace(gpu_);
}

void Usage::end() {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start_;
    const std::chrono::duration<double> all = profile::machine_cpu() - machine_;
    const profile::Samples samples = sampler_->finish();
    sampler_.reset();
    cores_.push_back(std::chrono::duration<double>(samples.cpu) / passed);
    others_.push_back(std::max(0.0, all / passed - cores_.back()));
    if (gpu_ < 0) return;
    std::vector<double> busy, decoder;
    double memory = 0;
    for (const profile::Sample& sample : samples.series) {
        if (!sample.gpu) continue;
        busy.push_back(sample.gpu->busy);
        decoder.push_back(sample.gpu->decoder);
        memory = std::max(memory, static_cast<double>(sample.gpu->memory_used));
    }
    if (busy.empty()) return;
    // The counters look back over a good part of a second: what is seen first was before us.
    const auto late_mean = [](const std::vector<double>& values) {
        const auto from = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 4);
        return std::accumulate(from, values.end(), 0.0) / static_cast<double>(values.end() - from);
    };
    busy_.push_back(late_mean(busy));
    decoder_.push_back(late_mean(decoder));
    memory_.push_back(memory);
}

void Usage::put(profile::BenchRow& row) const {
    const auto typical = [](std::vector<double> values) {
        if (values.size() > 1) values.erase(values.begin());
        return profile::median(std::move(values));
    };
    std::vector<profile::BenchDetail> details;
    const auto add = [&](const char* name, const std::vector<double>& values, double scale) {
        if (!values.empty()) details.push_back({name, scale * typical(values)});
    };
    add("cores busy", cores_, 1);
    add("others' cores", others_, 1);
    add("GPU busy, %", busy_, 100);
    add("decoders busy, %", decoder_, 100);
    add("GPU memory, MB", memory_, 1e-6);
    row.details.insert(row.details.begin(), details.begin(), details.end());
    if (!others_.empty()) row.others = typical(others_);
}

}  // namespace saccade::bench
