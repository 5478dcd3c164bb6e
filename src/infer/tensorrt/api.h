// TensorRT as this engine uses it, without its types. Three families of libraries stand behind it
// (TensorRT 10, TensorRT 11, TensorRT-RTX 1), whose C++ classes bear the same names and differ in
// their virtual tables: each has its own header set, and native/ is compiled once for each of them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "cuda/memory.h"
#include "infer/backend.h"
#include "infer/layer_time.h"
#include "infer/tensor.h"
#include "saccade/error.h"

namespace saccade::infer::tensorrt {

enum class Kind : std::uint8_t {
    full,  ///< TensorRT: all GPUs, slow builds on the GPU itself
    rtx,   ///< TensorRT-RTX: compute capability 8.0, 8.6, 8.9, 12.x; builds without a GPU
};

struct Version {
    Kind kind = Kind::full;
    int major = 0, minor = 0, patch = 0;
    friend bool operator==(const Version&, const Version&) = default;
};

/// "tensorrt 10.6.0", "tensorrt-rtx 1.7.1".
std::string to_string(const Version& version);

/// Images a batch that an optimisation profile is made for.
struct BatchRange {
    int least = 1, best = 1, most = 1;
    friend bool operator==(const BatchRange&, const BatchRange&) = default;
};

struct BuildRequest {
    std::string_view onnx;          ///< bytes; strongly typed: precision is in the graph
    std::string name;               ///< for messages
    int height = 640, width = 640;  ///< px; for a dynamic input
    int least_side = 0;             ///< px; inputs may be as small as this, too; 0: none is smaller
    std::vector<BatchRange> profiles;  ///< one at least; of a fixed batch only the first counts
    int capability = 0;  ///< 86: build for 8.6, whatever is here (RTX alone); 0: for this GPU
    int level = default_builder_level;  ///< how hard the builder looks for fast kernels, 0 to 5
    std::string timing_cache;           ///< of a former build, may be empty (full only)
    std::function<void(const std::string& phase, int step, int steps)> progress;  ///< may be empty
    std::stop_token stop;
};

struct Built {
    std::string plan;          ///< the engine, serialised
    std::string timing_cache;  ///< for the next build
};

/// One engine set up to run. One thread at a time; different contexts run side by side.
class Context {
  public:
    Context() = default;
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    virtual ~Context() = default;

    /// The input's size where the profile leaves it open, before bind(). At first the largest.
    virtual void set_size(int height, int width) = 0;
    /// Where the next enqueue reads and writes: device addresses, outputs in the engine's order.
    /// Errors: invalid_argument (batch not in the profile), internal.
    virtual Result<void> bind(int batch, void* input, std::span<void* const> outputs) = 0;
    /// The outputs' shapes at the bound batch.
    [[nodiscard]] virtual Result<std::vector<Shape>> output_shapes() const = 0;
    /// Device memory that it works in at the bound batch, bytes.
    [[nodiscard]] virtual std::size_t scratch_bytes() = 0;
    /// To be called before the first enqueue. `scratch` must live as long as the context; contexts
    /// that never run together may share it.
    virtual void use_scratch(void* scratch, std::size_t bytes) = 0;
    /// Puts the network on the stream (never null). Errors: internal, out_of_memory.
    virtual Result<void> enqueue(cuda::StreamHandle stream) = 0;
    /// From now on each enqueue waits for the network's end and takes the time of its layers, which
    /// rules out recording it as a graph.
    virtual void time_layers() = 0;
    /// Of the latest enqueue since then, for all its images, in order of execution.
    [[nodiscard]] virtual const std::vector<LayerTime>& layer_times() const noexcept = 0;
};

/// A deserialised plan, on the device that was current then.
class Engine {
  public:
    Engine() = default;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    virtual ~Engine() = default;

    /// Dimensions that the profile leaves open are -1.
    [[nodiscard]] virtual const TensorInfo& input() const noexcept = 0;
    [[nodiscard]] virtual const std::vector<TensorInfo>& outputs() const noexcept = 0;
    [[nodiscard]] virtual const std::vector<BatchRange>& profiles() const noexcept = 0;
    virtual Result<std::unique_ptr<Context>> make_context(int profile,
                                                          cuda::StreamHandle stream) = 0;
};

/// An opened library. Engines must not outlive it.
class Library {
  public:
    Library() = default;
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    virtual ~Library() = default;

    [[nodiscard]] virtual const Version& version() const noexcept = 0;
    /// Errors: unsupported (an operator, a capability), unavailable (no parser), interrupted,
    /// out_of_memory, internal; with TensorRT's own words.
    virtual Result<Built> build(const BuildRequest& request) = 0;
    /// Errors: unsupported (a plan of another version or GPU), out_of_memory.
    virtual Result<std::unique_ptr<Engine>> load(std::string_view plan) = 0;
};

}  // namespace saccade::infer::tensorrt
