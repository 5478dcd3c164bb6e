// Times a TensorRT engine's network alone, for the programs that compare engines.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

#include <fmt/format.h>

#include "cuda/memory.h"
#include "cuda/runtime.h"
#include "infer/tensorrt/slot.h"

namespace saccade::bench {

/// Milliseconds of a batch by CUDA graph: the median of many runs, each waited for.
inline double milliseconds(infer::tensorrt::Slot& slot, int batch) {
    using Steady = std::chrono::steady_clock;
    constexpr int warm = 20, counted = 200;
    std::vector<double> times;
    for (int i = 0; i < warm + counted; ++i) {
        const auto start = Steady::now();
        if (auto started = slot.start(batch); !started) {
            fmt::print(stderr, "{}\n", started.error().line());
            std::exit(1);
        }
        slot.wait();
        if (i >= warm)
            times.push_back(
                std::chrono::duration<double, std::milli>(Steady::now() - start).count());
    }
    std::nth_element(times.begin(), times.begin() + counted / 2, times.end());
    return times[counted / 2];
}

/// Half floats of 1/8 to 1/2: zeros would run faster than pictures.
inline void fill(const infer::TensorView& input) {
    std::minstd_rand random(1);
    std::vector<std::uint16_t> halves(static_cast<std::size_t>(infer::element_count(input.shape)));
    for (std::uint16_t& half : halves)
        half = static_cast<std::uint16_t>(0x3000 + random() % 0x0800);
    cuda::check(cudaMemcpy(input.data, halves.data(), halves.size() * sizeof halves[0],
                           cudaMemcpyHostToDevice),
                "cudaMemcpy");
}

/// A row of a table for each batch size: `label`, batch, ms, images a second.
inline Result<void> print_times(infer::tensorrt::Engine& engine, int device, int side,
                                std::string_view label) {
    int most = 1;
    for (const auto& profile : engine.profiles()) most = std::max(most, profile.most);
    const infer::tensorrt::SlotShape shape{
        .input = infer::tensorrt::input_of(engine, most, side, side),
        .outputs = engine.outputs(),
        .goal = infer::Goal::latency};
    cuda::DeviceResource memory;
    auto slot = infer::tensorrt::Slot::make(engine, shape, device, memory);
    if (!slot) return fail(slot.error());
    fill((*slot)->input());
    for (int batch = 1; batch <= most; batch *= 2) {
        const double ms = milliseconds(**slot, batch);
        fmt::print("| {} | {} | {:.3f} | {:.0f} |\n", label, batch, ms, 1e3 * batch / ms);
    }
    std::fflush(stdout);
    return {};
}

}  // namespace saccade::bench
