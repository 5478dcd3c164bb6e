// A network, loaded on a device and ready to run: OpenVINO, TensorRT.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "infer/device.h"
#include "infer/engine_build.h"
#include "infer/layer_time.h"
#include "infer/precision.h"
#include "infer/tensor.h"
#include "memory/use.h"
#include "saccade/error.h"

namespace saccade::infer {

/// What the caller optimises for: many frames a second, or the least time for one.
enum class Goal : std::uint8_t { throughput, latency };

struct BackendOptions {
    Device device;                       ///< the host unless a GPU is named
    std::optional<Precision> precision;  ///< none: FP16 on GPUs, FP32 on hosts; see bf16_will_do
    /// With no precision given, BF16 on hosts that have arithmetic of their own for it. Its 8 bits
    /// are enough for scores and for distances in bins, not for coordinates in pixels.
    bool bf16_will_do = false;
    Goal goal = Goal::throughput;
    int max_batch = 1;  ///< images a slot holds at most; 0: what suits the device
    int small_batch =
        0;  ///< batches of up to so many will be as common as full ones; 0: they won't
    int height = 640, width = 640;  ///< input size, px; ignored where the network's is static
    int threads = 0;                ///< CPU threads, 0: all
    std::string cache_dir;          ///< for compiled networks; "" for none
    /// Bytes of the GPU that all programs together may hold: batches are smaller where the largest
    /// would take more than its share of what is left; 0: all there are.
    std::size_t memory_in_use = 0;
    int slots = 0;  ///< batches under way at once; 0: as many as the device makes use of
    bool profile_layers = false;  ///< let layer_times() be asked, which makes all a little slower
    /// How hard TensorRT's builder looks for fast kernels, 0 to 5 (its "optimization level"). At 0
    /// it takes what its rules name without timing any: built in seconds, slower to run.
    int builder_level = default_builder_level;
    std::stop_token stop;  ///< ends the wait for another process that compiles the same network
};

struct BackendInfo {
    std::string name;                       ///< "openvino 2026.4.1"
    std::string device;                     ///< "Intel(R) Xeon(R) Processor", "NVIDIA H100" ...
    Precision precision = Precision::fp32;  ///< in effect, which may differ from what was asked
    int max_batch = 1;
    TensorInfo input;                 ///< [N, 3, H, W] with H and W as they will be run
    std::vector<TensorInfo> outputs;  ///< first dimension N
    int slots = 1;                    ///< how many batches may be under way at once
};

using MemoryUse = memory::Use;

/// Runs batches in numbered slots, each with input memory of its own at a fixed address.
/// A slot's life: fill input(slot), submit(slot, n), wait(slot), read the outputs, again.
/// One thread at a time; different slots run at the same time on the device. Deterministic: equal
/// input gives equal output bytes, whatever the slot.
class Backend {
  public:
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;
    virtual ~Backend() = default;

    [[nodiscard]] virtual const BackendInfo& info() const noexcept = 0;

    /// The slot's whole input, [max_batch, 3, H, W]; to be written only while the slot is idle.
    virtual TensorView input(int slot) = 0;

    /// Starts the first `batch` images of the slot (1 <= batch <= max_batch) and returns at once.
    /// Errors: out_of_memory, internal; invalid_argument (busy slot, batch out of range), which
    /// change nothing.
    virtual Result<void> submit(int slot, int batch) = 0;

    /// Blocks until the slot's batch is done. The views, [batch, ...], live until its next submit.
    /// Errors: as submit()'s; invalid_argument where nothing is under way.
    virtual Result<std::span<const TensorView>> wait(int slot) = 0;

    /// Whether wait() would not block, or nothing better is known than to try. For the CPU: on a
    /// GPU an event behind the slot's work tells.
    [[nodiscard]] virtual bool done(int /*slot*/) const { return true; }
    /// `told` is called on any thread whenever a slot is done; it must neither block nor call the
    /// backend. Once this returns, the function set before is called no more. For the CPU.
    virtual void on_done(std::function<void()> /*told*/) {}

    /// The CUDA stream (cudaStream_t) on which a slot's work is ordered; nullptr on the CPU.
    [[nodiscard]] virtual void* stream(int /*slot*/) const noexcept { return nullptr; }

    /// Where the slot's outputs will be, [max_batch, ...], for work ordered on stream(slot) behind
    /// a submit. Empty on the CPU: there only wait() tells.
    [[nodiscard]] virtual std::span<const TensorView> outputs(int /*slot*/) const noexcept {
        return {};
    }

    [[nodiscard]] virtual MemoryUse memory() const = 0;

    /// Time of each layer that ran in the latest batch of a slot, an image, in order of execution.
    /// Errors: unsupported where the backend has no profiler or options.profile_layers was off.
    virtual Result<std::vector<LayerTime>> layer_times(int /*slot*/) {
        return fail(ErrorCode::unsupported, info().name + " doesn't tell the times of layers");
    }
};

}  // namespace saccade::infer
