// One batch's place on the device: stream, memory at fixed addresses, recorded work.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "cuda/memory.h"
#include "cuda/runtime.h"
#include "infer/tensor.h"
#include "infer/tensorrt/api.h"

namespace saccade::infer::tensorrt {

struct SlotShape {
    TensorInfo input;                 ///< with the batch at its most
    std::vector<TensorInfo> outputs;  ///< likewise
};

[[nodiscard]] inline std::size_t bytes_of(const TensorInfo& info) {
    return static_cast<std::size_t>(element_count(info.shape)) * size_of(info.type);
}

/// Works on the device that was current when it was made; the callers see to that.
class Slot {
  public:
    /// Warms all `sizes` up and records each. Throws CudaFailure.
    static Result<std::unique_ptr<Slot>> make(Engine& engine, const SlotShape& shape, int device,
                                              const std::vector<int>& sizes,
                                              cuda::MemoryResource& memory);
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot();

    /// Puts a batch of one of the sizes on the stream.
    Result<void> start(int size);
    void wait() const { done_.synchronize(); }

    [[nodiscard]] cudaStream_t stream() const noexcept { return stream_.get(); }
    [[nodiscard]] const TensorView& input() const noexcept { return input_view_; }
    /// The first dimension: the most images.
    [[nodiscard]] const std::vector<TensorView>& outputs() const noexcept { return output_views_; }
    [[nodiscard]] bool recorded() const noexcept { return !graphs_.empty(); }

  private:
    Slot() = default;
    Result<void> allocate(Engine& engine, const SlotShape& shape, int device,
                          cuda::MemoryResource& memory);
    /// The context of the size's profile, bound to it.
    Result<Context*> bind(int size);
    Result<void> warm_up(const std::vector<int>& sizes);

    cuda::Stream stream_;
    cuda::Event done_;
    std::vector<BatchRange> profiles_;
    cuda::Buffer input_, scratch_;  ///< contexts never run together: they share the scratch memory
    std::vector<cuda::Buffer> outputs_;
    TensorView input_view_;
    std::vector<TensorView> output_views_;
    std::vector<std::unique_ptr<Context>> contexts_;  ///< by profile
    std::map<int, cuda::Graph> graphs_;               ///< by size; empty where none can be recorded
};

}  // namespace saccade::infer::tensorrt
