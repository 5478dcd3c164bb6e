#include "infer/tensorrt/slot.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <system_error>

#include "core/log.h"

namespace saccade::infer::tensorrt {

TensorInfo input_of(const Engine& engine, int most, int height, int width) {
    TensorInfo input = engine.input();
    const std::int64_t open[] = {most, 3, height, width};
    for (std::size_t i = 0; i < 4; ++i) {
        if (input.shape[i] < 0) input.shape[i] = open[i];
    }
    return input;
}

Slot::Slot(Engine& engine, int device, cuda::MemoryResource& memory, const SlotShape& shape)
    : engine_(engine),
      device_(device),
      memory_(memory),
      shape_(shape),
      sizes_(static_cast<int>(shape.input.shape[0]), shape.fixed_batch, shape.goal,
             shape.small_batch) {}

Result<std::unique_ptr<Slot>> Slot::make(Engine& engine, const SlotShape& shape, int device,
                                         cuda::MemoryResource& memory) {
    std::unique_ptr<Slot> slot(new Slot(engine, device, memory, shape));
    // The largest first: its outputs and scratch memory do for all others.
    const std::vector<int> sizes = slot->sizes_.made();
    for (auto size = sizes.rbegin(); size != sizes.rend(); ++size) {
        auto context = slot->make_context(*size, slot->stream());
        if (!context) return fail(context.error());
        if (size == sizes.rbegin()) {
            if (auto ok = slot->allocate(**context); !ok) return fail(ok.error());
        }
        if (auto ok = slot->make_size(*size, std::move(*context)); !ok) return fail(ok.error());
    }
    return slot;
}

Slot::~Slot() {
    cudaStreamSynchronize(stream_.get());
}

Result<void> Slot::allocate(Context& context) {
    const auto most = static_cast<int>(shape_.input.shape[0]);
    const std::vector<void*> nowhere(shape_.outputs.size(), nullptr);
    if (auto ok = context.bind(most, nullptr, nowhere); !ok) return ok;
    const auto shapes = context.output_shapes();
    if (!shapes) return fail(shapes.error());
    for (std::size_t i = 0; i < shapes->size(); ++i) shape_.outputs[i].shape = (*shapes)[i];

    auto input = cuda::Buffer::make(memory_, bytes_of(shape_.input));
    if (!input) return fail(input.error());
    input_ = std::move(*input);
    input_view_ = {input_.data(), shape_.input.type, shape_.input.shape, MemoryKind::cuda, device_};
    cuda::check(cudaMemsetAsync(input_.data(), 0, input_.bytes(), stream_.get()),
                "cudaMemsetAsync");
    for (const TensorInfo& info : shape_.outputs) {
        auto output = cuda::Buffer::make(memory_, bytes_of(info));
        if (!output) return fail(output.error());
        outputs_.push_back(std::move(*output));
        output_views_.push_back(
            {outputs_.back().data(), info.type, info.shape, MemoryKind::cuda, device_});
    }
    return {};
}

Slot::MadeContext Slot::make_context(int size, cudaStream_t stream) const {
    const int profile = profile_for(engine_.profiles(), size, shape_.goal);
    if (profile < 0) {
        return fail(ErrorCode::internal, fmt::format("no profile for a batch of {}", size));
    }
    auto context = engine_.make_context(profile, stream);
    if (context) {
        (*context)->set_size(static_cast<int>(shape_.input.shape[2]),
                             static_cast<int>(shape_.input.shape[3]));
    }
    return context;
}

Result<void> Slot::make_size(int size, std::unique_ptr<Context> context) {
    if (auto ok = attach(*context, size); !ok) return ok;
    Recorded recorded{std::move(context), {}};
    if (auto ok = record(size, recorded); !ok) return ok;
    recorded_.insert_or_assign(size, std::move(recorded));
    return {};
}

/// Gives the context its memory, and runs it twice: the first run of a shape allocates and uploads,
/// which can't be recorded.
Result<void> Slot::attach(Context& context, int size) {
    std::vector<void*> addresses;
    for (const cuda::Buffer& output : outputs_) addresses.push_back(output.data());
    if (auto ok = context.bind(size, input_.data(), addresses); !ok) return ok;
    if (auto ok = provide_scratch(context); !ok) return ok;
    if (shape_.profile_layers) context.time_layers();
    for (int i = 0; i < 2; ++i) {
        if (auto ok = context.enqueue(stream_.get()); !ok) return ok;
    }
    stream_.synchronize();
    return {};
}

Result<void> Slot::provide_scratch(Context& context) {
    const std::size_t bytes = std::max<std::size_t>(1, context.scratch_bytes());
    if (scratch_.empty() || scratch_.back().bytes() < bytes) {
        auto larger = cuda::Buffer::make(memory_, bytes);
        if (!larger) return fail(larger.error());
        scratch_.push_back(std::move(*larger));
    }
    context.use_scratch(scratch_.back().data(), scratch_.back().bytes());
    return {};
}

Result<void> Slot::record(int size, Recorded& recorded) {
    const auto start = std::chrono::steady_clock::now();
    Context& context = *recorded.context;
    if (shape_.profile_layers) return {};
    Result<void> enqueued;
    try {
        recorded.graph =
            cuda::Graph::capture(stream_.get(), [&] { enqueued = context.enqueue(stream_.get()); });
        if (!enqueued) return enqueued;
        recorded.graph.launch(stream_.get());
    } catch (const cuda::CudaFailure& failure) {
        log::warning("a batch of {} can't be recorded as a CUDA graph and starts more slowly: {}",
                     size, failure.what());
        // A network that waits for the device in the middle (suppression with an open number of
        // boxes does) breaks off the recording, and its context runs no more.
        (void)cudaGetLastError();
        auto fresh = make_context(size, stream_.get());
        if (!fresh) return fail(fresh.error());
        recorded.context = std::move(*fresh);
        if (auto ok = attach(*recorded.context, size); !ok) return ok;
    }
    stream_.synchronize();
    log::debug("a batch of {} warmed up and recorded in {:.0f} ms", size,
               std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                   .count());
    return {};
}

/// Begins to make a size that is wanted, or ends that. What fails costs speed alone.
void Slot::make_wanted() {
    if (!coming_.valid()) {
        const auto size = sizes_.next_wanted();
        if (!size) return;
        const auto make = [this, size = *size]() -> MadeContext {
            auto made = cuda::guarded([&] {
                const cuda::DeviceScope scope(device_);
                const cuda::Stream stream;
                auto context = make_context(size, stream.get());
                stream.synchronize();
                return context;
            });
            return made ? std::move(*made) : fail(made.error());
        };
        coming_size_ = *size;
        try {
            coming_ = std::async(std::launch::async, make);
        } catch (const std::system_error& failure) {
            log::info("batches of {} run as larger ones: no thread: {}", coming_size_,
                      failure.what());
        }
        return;
    }
    if (coming_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
    auto context = coming_.get();
    const auto made =
        context ? make_size(coming_size_, std::move(*context)) : fail(context.error());
    if (made) return sizes_.add(coming_size_);
    log::info("batches of {} run as larger ones: {}", coming_size_, made.error().message);
}

Result<void> Slot::start(int batch) {
    const int size = sizes_.take(batch);
    make_wanted();
    latest_ = size;
    const Recorded& recorded = recorded_.at(size);
    if (recorded.graph) {
        recorded.graph.launch(stream_.get());
    } else if (auto ok = recorded.context->enqueue(stream_.get()); !ok) {
        return ok;
    }
    done_.record(stream_.get());
    return {};
}

std::vector<LayerTime> Slot::layer_times() const {
    const auto found = recorded_.find(latest_);
    if (found == recorded_.end()) return {};
    std::vector<LayerTime> layers = found->second.context->layer_times();
    for (LayerTime& layer : layers) layer.ms /= latest_;
    return layers;
}

}  // namespace saccade::infer::tensorrt
