#include "infer/tensorrt/tensorrt_backend.h"

#include <fmt/format.h>

#include <utility>

#include "core/log.h"
#include "cuda/driver.h"
#include "infer/tensorrt/engine_builder.h"
#include "infer/tensorrt/graph_sizes.h"
#include "infer/tensorrt/slot.h"
#include "infer/tensorrt/target.h"

namespace saccade::infer {
namespace {

using tensorrt::Slot;

/// One runs, one is filled, one is read.
constexpr int slots_for_throughput = 3, slots_for_latency = 2;

std::size_t device_memory_in_use() {
    std::size_t free = 0, total = 0;
    cuda::check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
    return total - free;
}

class TensorRtBackend final : public Backend {
  public:
    TensorRtBackend(tensorrt::Opened opened, std::unique_ptr<tensorrt::Engine> engine)
        : library_(std::move(opened.library)),
          target_(std::move(opened.target)),
          device_(opened.ordinal),
          budget_(memory_, 0),
          engine_(std::move(engine)) {}

    ~TensorRtBackend() override {
        cudaSetDevice(device_);
        slots_.clear();
    }

    Result<void> open(const BackendOptions& options, int max_batch, bool fixed_batch,
                      std::size_t used_before) {
        sizes_ = tensorrt::graph_sizes(max_batch, fixed_batch);
        auto shape = slot_shape(options, max_batch);
        if (!shape) return fail(shape.error());
        const int count =
            options.goal == Goal::latency ? slots_for_latency : slots_for_throughput;
        for (int i = 0; i < count; ++i) {
            auto slot = Slot::make(*engine_, *shape, device_, sizes_, budget_);
            if (!slot) return fail(slot.error());
            slots_.push_back(std::move(*slot));
            under_way_.push_back(0);
            done_.emplace_back();
        }
        info_.name = to_string(library_->version());
        info_.device = target_.device;
        info_.precision = options.precision;
        info_.max_batch = max_batch;
        info_.input = shape->input;
        info_.outputs = shape->outputs;
        info_.slots = count;
        const std::size_t used = device_memory_in_use();
        use_.held = std::max(budget_.held(), used > used_before ? used - used_before : 0);
        use_.per_image = budget_.held() / static_cast<std::size_t>(max_batch);
        return {};
    }

    [[nodiscard]] const BackendInfo& info() const noexcept override { return info_; }
    TensorView input(int slot) override { return at(slot).input(); }
    [[nodiscard]] void* stream(int slot) const noexcept override {
        return slots_[static_cast<std::size_t>(slot)]->stream();
    }
    [[nodiscard]] std::span<const TensorView> outputs(int slot) const noexcept override {
        return slots_[static_cast<std::size_t>(slot)]->outputs();
    }
    [[nodiscard]] MemoryUse memory() const override { return use_; }

  private:
    template <typename Function>
    auto guarded_on_device(Function function) {
        return cuda::guarded([&] {
            const cuda::DeviceScope scope(device_);
            return function();
        });
    }

  public:
    Result<void> submit(int number, int batch) override {
        int& under_way = under_way_.at(static_cast<std::size_t>(number));
        if (batch < 1 || batch > info_.max_batch || under_way > 0) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("a batch of {} for slot {}, which has {} under way and takes {}",
                                    batch, number, under_way, info_.max_batch));
        }
        auto started = guarded_on_device(
            [&] { return at(number).start(tensorrt::size_for(sizes_, batch)); });
        if (!started) return fail(started.error());
        if (*started) under_way = batch;
        return *started;
    }

    Result<std::span<const TensorView>> wait(int number) override {
        const int batch = std::exchange(under_way_.at(static_cast<std::size_t>(number)), 0);
        if (batch == 0) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("slot {} has nothing under way", number));
        }
        if (auto done = guarded_on_device([&] { at(number).wait(); }); !done) {
            return fail(done.error());
        }
        auto& views = done_.at(static_cast<std::size_t>(number));
        views = at(number).outputs();
        for (TensorView& view : views) view.shape.front() = batch;
        return std::span<const TensorView>(views);
    }

  private:
    Slot& at(int slot) { return *slots_.at(static_cast<std::size_t>(slot)); }

    /// Sizes that the engine leaves open come from a context at the largest batch.
    Result<tensorrt::SlotShape> slot_shape(const BackendOptions& options, int max_batch) {
        tensorrt::SlotShape shape{engine_->input(), engine_->outputs()};
        const std::int64_t open[] = {max_batch, 3, options.height, options.width};
        for (std::size_t i = 0; i < 4; ++i) {
            if (shape.input.shape[i] < 0) shape.input.shape[i] = open[i];
        }
        const int profile = tensorrt::profile_for(engine_->profiles(), max_batch);
        if (profile < 0) return fail(ErrorCode::internal, "the engine has no profile for its batch");
        const cuda::Stream stream;
        auto scratch = cuda::Buffer::make(budget_, std::max<std::size_t>(
                                                       1, engine_->scratch_bytes(profile)));
        if (!scratch) return fail(scratch.error());
        auto context =
            engine_->make_context(profile, scratch->data(), scratch->bytes(), stream.get());
        if (!context) return fail(context.error());
        const std::vector<void*> nowhere(shape.outputs.size(), nullptr);
        if (auto ok = (*context)->bind(max_batch, nullptr, nowhere); !ok) return fail(ok.error());
        const auto shapes = (*context)->output_shapes();
        if (!shapes) return fail(shapes.error());
        for (std::size_t i = 0; i < shapes->size(); ++i) shape.outputs[i].shape = (*shapes)[i];
        stream.synchronize();
        return shape;
    }

    // Destroyed in the other order: slots first, the library last.
    std::unique_ptr<tensorrt::Library> library_;
    const tensorrt::Target target_;
    const int device_;
    cuda::DeviceResource memory_;
    cuda::BudgetedResource budget_;
    std::unique_ptr<tensorrt::Engine> engine_;
    std::vector<int> sizes_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::vector<int> under_way_;                 ///< images, by slot
    std::vector<std::vector<TensorView>> done_;  ///< what wait() handed out, by slot
    BackendInfo info_;
    MemoryUse use_;
};

}  // namespace

Result<std::unique_ptr<Backend>> load_tensorrt(const model::OnnxModel& model,
                                               const model::ModelSpec& spec,
                                               const BackendOptions& options) {
    auto opened = tensorrt::open_for_device(options.device == "auto" ? "cuda" : options.device);
    if (!opened) return fail(opened.error());
    EngineBuild build;
    build.precision = options.precision;
    build.max_batch = options.max_batch;
    build.height = options.height;
    build.width = options.width;
    build.cache_dir = options.cache_dir;
    build.progress = [](const std::string& phase, int step, int steps) {
        log::info("building the engine: {} {}/{}", phase, step, steps);
    };
    auto loaded = cuda::guarded([&]() -> Result<std::unique_ptr<Backend>> {
        const cuda::DeviceScope scope(opened->ordinal);
        const std::size_t before = device_memory_in_use();
        auto prepared =
            tensorrt::prepare_engine(*opened->library, model, spec, build, opened->target);
        if (!prepared) return fail(prepared.error());
        auto engine = opened->library->load(prepared->plan);
        if (!engine) return fail(engine.error());
        auto backend =
            std::make_unique<TensorRtBackend>(std::move(*opened), std::move(*engine));
        if (auto ok = backend->open(options, prepared->report.max_batch, spec.batch > 0, before); !ok) {
            return fail(ok.error());
        }
        return backend;
    });
    if (!loaded) return fail(loaded.error());
    return std::move(*loaded);
}

}  // namespace saccade::infer
