#include "infer/tensorrt/tensorrt_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "core/log.h"
#include "cuda/driver.h"
#include "infer/tensorrt/batch_fit.h"
#include "infer/tensorrt/engine_builder.h"
#include "infer/tensorrt/graph_sizes.h"
#include "infer/tensorrt/slot.h"
#include "infer/tensorrt/target.h"
#include "model/quantize/int8_plan.h"

namespace saccade::infer {
namespace {

using tensorrt::Slot;

constexpr Precision default_precision = Precision::fp16;
constexpr int default_batch = 32;

/// One runs, one is filled, one is read.
constexpr int slots_for_throughput = 3, slots_for_latency = 2;

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

    /// Bytes of the device.
    struct Headroom {
        std::size_t before = 0;  ///< in use when loading began
        std::optional<std::size_t>
            available;  ///< those that may be taken since, where there is a limit
    };

    /// Returns the batch that it is open for: `max_batch` or, where that would take more than its
    /// share of the headroom, a smaller one to be opened instead; then it holds nothing. One slot
    /// tells what all will take, so that the limit holds while it is looked for. After
    /// out_of_memory it may be called again, with less.
    Result<int> open(const BackendOptions& options, int max_batch, bool fixed_batch,
                     const Headroom& headroom) {
        close();
        tensorrt::SlotShape shape{
            .input = tensorrt::input_of(*engine_, max_batch, options.height, options.width),
            .outputs = engine_->outputs(),
            .fixed_batch = fixed_batch,
            .goal = options.goal,
            .small_batch = options.small_batch,
            .profile_layers = options.profile_layers};
        const int usual = options.goal == Goal::latency ? slots_for_latency : slots_for_throughput;
        const int count = options.slots > 0 ? options.slots : usual;
        for (int i = 0; i < count; ++i) {
            auto slot = Slot::make(*engine_, shape, device_, budget_);
            if (!slot) return fail(slot.error());
            shape = (*slot)->shape();
            slots_.push_back(std::move(*slot));
            under_way_.push_back(0);
            done_.emplace_back();
            if (i > 0 || !headroom.available || fixed_batch) continue;
            const std::size_t all =
                held_since(headroom.before) + static_cast<std::size_t>(count - 1) * budget_.held();
            if (const int fits = tensorrt::batch_that_fits(max_batch, all, *headroom.available);
                fits < max_batch) {
                close();
                return fits;
            }
        }
        info_.name = to_string(library_->version());
        info_.device = target_.device;
        info_.precision = options.precision.value_or(default_precision);
        info_.max_batch = max_batch;
        info_.input = shape.input;
        info_.outputs = shape.outputs;
        info_.slots = count;
        use_.held = held_since(headroom.before);
        use_.per_image = budget_.held() / static_cast<std::size_t>(max_batch);
        return max_batch;
    }

    /// Gives the slots' memory back.
    void close() {
        slots_.clear();
        under_way_.clear();
        done_.clear();
        memory_.trim();
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
    /// As the device tells, which knows of more than our own resource; others may have come and
    /// gone.
    [[nodiscard]] std::size_t held_since(std::size_t before) const {
        const std::size_t used = cuda::device_memory().used();
        return std::max(budget_.held(), used > before ? used - before : 0);
    }

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
            return fail(
                ErrorCode::invalid_argument,
                fmt::format("a batch of {} for slot {}, which has {} under way and takes {}", batch,
                            number, under_way, info_.max_batch));
        }
        auto started = guarded_on_device([&] { return at(number).start(batch); });
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

    Result<std::vector<LayerTime>> layer_times(int slot) override {
        std::vector<LayerTime> layers = at(slot).layer_times();
        if (layers.empty()) {
            return fail(ErrorCode::unsupported, info_.name + " was not asked to time its layers");
        }
        return layers;
    }

  private:
    Slot& at(int slot) { return *slots_.at(static_cast<std::size_t>(slot)); }

    // Destroyed in the other order: slots first, the library last.
    std::unique_ptr<tensorrt::Library> library_;
    const tensorrt::Target target_;
    const int device_;
    cuda::DeviceResource memory_;
    cuda::BudgetedResource budget_;
    std::unique_ptr<tensorrt::Engine> engine_;
    std::vector<std::unique_ptr<Slot>> slots_;
    std::vector<int> under_way_;                 ///< images, by slot
    std::vector<std::vector<TensorView>> done_;  ///< what wait() handed out, by slot
    BackendInfo info_;
    MemoryUse use_;
};

}  // namespace

Result<std::unique_ptr<Backend>> load_tensorrt(const model::OnnxModel& model,
                                               const model::ModelSpec& spec,
                                               const BackendOptions& asked) {
    BackendOptions options = asked;
    if (!options.precision) {
        const bool int8 = model.metadata().contains(model::int8_key);
        options.precision = int8 ? Precision::int8 : default_precision;
    }
    auto opened = tensorrt::open_for_device(options.device);
    if (!opened) return fail(opened.error());
    EngineBuild build;
    build.precision = *options.precision;
    build.max_batch = options.max_batch > 0 ? options.max_batch : default_batch;
    build.height = options.height;
    build.width = options.width;
    build.level = options.builder_level;
    build.cache_dir = options.cache_dir;
    build.stop = options.stop;
    // On a terminal nothing else tells for minutes why there are no frames.
    build.progress = [told = false, &model, &options](const std::string& phase, int step,
                                                      int steps) mutable {
        if (!std::exchange(told, true)) {
            log::warning(
                "{} has no engine for {} at {}x{} yet: it is built now, once; with a full "
                "TensorRT that takes minutes (saccade build does it ahead)",
                model.name(), to_string(options.device), options.width, options.height);
        }
        log::warning("{}: {} of {}", phase, step, steps);
    };
    auto loaded = cuda::guarded([&]() -> Result<std::unique_ptr<Backend>> {
        const cuda::DeviceScope scope(opened->ordinal);
        const std::size_t before = cuda::device_memory().used();
        auto prepared =
            tensorrt::prepare_engine(*opened->library, model, spec, build, opened->target);
        if (!prepared) return fail(prepared.error());
        const auto loading = std::chrono::steady_clock::now();
        auto engine = opened->library->load(prepared->plan);
        if (!engine) return fail(engine.error());
        log::debug(
            "the plan was there after {:.0f} ms, loaded in {:.0f} ms",
            prepared->report.seconds * 1e3,
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - loading)
                .count());
        auto backend = std::make_unique<TensorRtBackend>(std::move(*opened), std::move(*engine));
        TensorRtBackend::Headroom headroom{.before = before};
        const std::size_t limit = options.memory_in_use;
        if (limit > 0) headroom.available = limit - std::min(limit, before);
        for (int batch = prepared->report.max_batch;;) {
            const auto opened_for = backend->open(options, batch, spec.batch > 0, headroom);
            if (opened_for && *opened_for == batch) return backend;
            if (opened_for) {
                log::info("batches of {} instead of {}: {} MB of at most {} MB are left on {}",
                          *opened_for, batch, *headroom.available / 1'000'000, limit / 1'000'000,
                          to_string(options.device));
                batch = *opened_for;
                headroom.available.reset();  // once is enough: what is held in any case weighs more
                                             // in small batches
                continue;
            }
            const bool smaller_may_do =
                opened_for.error().code == ErrorCode::out_of_memory && batch > 1 && spec.batch == 0;
            if (!smaller_may_do) return fail(opened_for.error());
            log::warning("no memory for batches of {} on {}: trying {}", batch,
                         to_string(options.device), batch / 2);
            batch /= 2;
        }
    });
    if (!loaded) return fail(loaded.error());
    return std::move(*loaded);
}

}  // namespace saccade::infer
