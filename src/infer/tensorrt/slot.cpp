#include "infer/tensorrt/slot.h"

#include <algorithm>
#include <optional>

#include "core/log.h"
#include "infer/tensorrt/graph_sizes.h"

namespace saccade::infer::tensorrt {

Result<std::unique_ptr<Slot>> Slot::make(Engine& engine, const SlotShape& shape, int device,
                                         const std::vector<int>& sizes,
                                         cuda::MemoryResource& memory) {
    std::unique_ptr<Slot> slot(new Slot());
    if (auto ok = slot->allocate(engine, shape, device, memory); !ok) return fail(ok.error());
    if (auto ok = slot->warm_up(sizes); !ok) return fail(ok.error());
    return slot;
}

Slot::~Slot() { cudaStreamSynchronize(stream_.get()); }

Result<void> Slot::allocate(Engine& engine, const SlotShape& shape, int device,
                            cuda::MemoryResource& memory) {
    auto input = cuda::Buffer::make(memory, bytes_of(shape.input));
    if (!input) return fail(input.error());
    input_ = std::move(*input);
    input_view_ = {input_.data(), shape.input.type, shape.input.shape, MemoryKind::cuda, device};
    cuda::check(cudaMemsetAsync(input_.data(), 0, input_.bytes(), stream_.get()), "cudaMemsetAsync");
    for (const TensorInfo& info : shape.outputs) {
        auto output = cuda::Buffer::make(memory, bytes_of(info));
        if (!output) return fail(output.error());
        outputs_.push_back(std::move(*output));
        output_views_.push_back(
            {outputs_.back().data(), info.type, info.shape, MemoryKind::cuda, device});
    }
    profiles_ = engine.profiles();
    std::size_t scratch = 1;
    for (int i = 0; i < static_cast<int>(profiles_.size()); ++i) {
        scratch = std::max(scratch, engine.scratch_bytes(i));
    }
    auto made = cuda::Buffer::make(memory, scratch);
    if (!made) return fail(made.error());
    scratch_ = std::move(*made);
    for (int i = 0; i < static_cast<int>(profiles_.size()); ++i) {
        auto context = engine.make_context(i, scratch_.data(), scratch_.bytes(), stream_.get());
        if (!context) return fail(context.error());
        contexts_.push_back(std::move(*context));
    }
    return {};
}

Result<Context*> Slot::bind(int size) {
    const int profile = profile_for(profiles_, size);
    if (profile < 0) return fail(ErrorCode::internal, fmt::format("no profile for a batch of {}", size));
    Context& context = *contexts_[static_cast<std::size_t>(profile)];
    std::vector<void*> addresses;
    for (const cuda::Buffer& output : outputs_) addresses.push_back(output.data());
    if (auto ok = context.bind(size, input_.data(), addresses); !ok) return fail(ok.error());
    return &context;
}

Result<void> Slot::warm_up(const std::vector<int>& sizes) {
    bool record = true;
    for (const int size : sizes) {
        const auto context = bind(size);
        if (!context) return fail(context.error());
        // Twice: the first run of a shape allocates and uploads, which can't be recorded.
        for (int i = 0; i < 2; ++i) {
            if (auto ok = (*context)->enqueue(stream_.get()); !ok) return ok;
        }
        stream_.synchronize();
        if (!record) continue;
        Result<void> enqueued;
        try {
            cuda::Graph graph = cuda::Graph::capture(
                stream_.get(), [&] { enqueued = (*context)->enqueue(stream_.get()); });
            if (!enqueued) return enqueued;
            graph.launch(stream_.get());
            graphs_.emplace(size, std::move(graph));
        } catch (const cuda::CudaFailure& failure) {
            log::warning("the network can't be recorded as a CUDA graph and starts more slowly: {}",
                         failure.what());
            graphs_.clear();
            record = false;
        }
    }
    stream_.synchronize();
    return {};
}

Result<void> Slot::start(int size) {
    if (const auto graph = graphs_.find(size); graph != graphs_.end()) {
        graph->second.launch(stream_.get());
    } else {
        const auto context = bind(size);
        if (!context) return fail(context.error());
        if (auto ok = (*context)->enqueue(stream_.get()); !ok) return ok;
    }
    done_.record(stream_.get());
    return {};
}

}  // namespace saccade::infer::tensorrt
