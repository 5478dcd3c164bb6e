// One batch's place on the device: stream, memory at fixed addresses, recorded work.
#pragma once

#include <future>
#include <map>
#include <memory>
#include <vector>

#include "cuda/memory.h"
#include "cuda/runtime.h"
#include "infer/backend.h"
#include "infer/tensor.h"
#include "infer/tensorrt/api.h"
#include "infer/tensorrt/graph_sizes.h"

namespace saccade::infer::tensorrt {

struct SlotShape {
    TensorInfo input;                 ///< with the batch at its most
    std::vector<TensorInfo> outputs;  ///< likewise; their sizes are known once a slot is made
    bool fixed_batch = false;         ///< no other than the most
    Goal goal = Goal::throughput;     ///< decides in which profile a size runs
    int small_batch = 0;              ///< as BackendOptions
    bool profile_layers = false;      ///< time them, and record no graphs
};

[[nodiscard]] inline std::size_t bytes_of(const TensorInfo& info) {
    return static_cast<std::size_t>(element_count(info.shape)) * size_of(info.type);
}

/// An engine's input with what the engine leaves open set.
[[nodiscard]] TensorInfo input_of(const Engine& engine, int most, int height, int width);

/// Works on the device that was current when it was made; the callers see to that. Engine and
/// memory must outlive it.
class Slot {
  public:
    /// Warms up and records what GraphSizes wants at once. Throws CudaFailure. Errors: unsupported
    /// (outputs of open size), out_of_memory, internal.
    static Result<std::unique_ptr<Slot>> make(Engine& engine, const SlotShape& shape, int device,
                                              cuda::MemoryResource& memory);
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot();

    /// Puts a batch on the stream. Contexts for smaller sizes are made on a thread beside, and such
    /// a batch runs in a larger size until its own is there. Errors: out_of_memory, internal.
    Result<void> start(int batch);
    void wait() const { done_.synchronize(); }
    /// Of the batch started last, an image. Empty without profile_layers.
    [[nodiscard]] std::vector<LayerTime> layer_times() const;

    [[nodiscard]] const SlotShape& shape() const noexcept { return shape_; }
    [[nodiscard]] cudaStream_t stream() const noexcept { return stream_.get(); }
    [[nodiscard]] const TensorView& input() const noexcept { return input_view_; }
    /// The first dimension: the most images.
    [[nodiscard]] const std::vector<TensorView>& outputs() const noexcept { return output_views_; }

  private:
    Slot(Engine& engine, int device, cuda::MemoryResource& memory, const SlotShape& shape);
    /// Memory for inputs and outputs, as large as a context of the most images says.
    Result<void> allocate(Context& context);

    /// Each batch size has its own: binding a context again would invalidate a graph that uses it.
    struct Recorded {
        std::unique_ptr<Context> context;
        cuda::Graph graph;  ///< none where the network can't be recorded
    };
    using MadeContext = Result<std::unique_ptr<Context>>;
    [[nodiscard]] MadeContext make_context(int size, cudaStream_t stream) const;
    void make_wanted();
    Result<void> make_size(int size, std::unique_ptr<Context> context);
    Result<void> attach(Context& context, int size);
    Result<void> provide_scratch(Context& context);
    Result<void> record(int size, Recorded& recorded);

    Engine& engine_;
    const int device_;
    cuda::MemoryResource& memory_;
    SlotShape shape_;
    GraphSizes sizes_;
    cuda::Stream stream_;
    cuda::Event done_;
    cuda::Buffer input_;
    std::vector<cuda::Buffer> outputs_;
    /// Contexts never run together: they share the last one, unless it was too small for them.
    std::vector<cuda::Buffer> scratch_;
    TensorView input_view_;
    std::vector<TensorView> output_views_;
    std::map<int, Recorded> recorded_;
    int latest_ = 0;  ///< size that was started last
    int coming_size_ = 0;
    std::future<MadeContext> coming_;  ///< of a size that is wanted; the destructor waits for it
};

}  // namespace saccade::infer::tensorrt
