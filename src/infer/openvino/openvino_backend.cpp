#include "infer/openvino/openvino_backend.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "core/callback.h"
#include "infer/openvino/host_buffer.h"
#include "infer/openvino/openvino_error.h"
#include "infer/openvino/openvino_load.h"

namespace saccade::infer {
namespace {

std::size_t bytes_of(const TensorInfo& info) {
    return static_cast<std::size_t>(element_count(info.shape)) * size_of(info.type);
}

/// Buffers for max_batch images and a request for each of them, which works in its slice.
/// Requests are destroyed first.
struct Slot {
    HostBuffer input;
    std::vector<HostBuffer> outputs;
    std::vector<TensorView> views;  ///< of `outputs`; first dimension: the latest batch
    std::vector<ov::InferRequest> requests;
    int under_way = 0;  ///< images; 0 where the slot is idle
    /// Of these, as the requests tell on threads of OpenVINO's, each before its wait() returns.
    std::unique_ptr<std::atomic<int>> running = std::make_unique<std::atomic<int>>(0);
};

class OpenVinoBackend final : public Backend {
  public:
    /// Throws what OpenVINO and operator new throw.
    OpenVinoBackend(LoadedNetwork network, std::size_t resident_before)
        : network_(std::move(network)), info_(network_.info) {
        const std::size_t resident_network = resident_bytes();
        for (int slot = 0; slot < info_.slots; ++slot) slots_.push_back(make_slot());
        warm_up();
        measure(resident_before, resident_network);
    }

    ~OpenVinoBackend() override {
        // Requests write into the slots' buffers: none may outlive them.
        for (Slot& slot : slots_) static_cast<void>(finish(slot));
    }

    [[nodiscard]] const BackendInfo& info() const noexcept override { return info_; }

    TensorView input(int slot) override {
        TensorView view{at(slot).input.data(), info_.input.type, info_.input.shape};
        view.shape.front() = info_.max_batch;
        return view;
    }

    Result<void> submit(int number, int batch) override {
        Slot& slot = at(number);
        if (batch < 1 || batch > info_.max_batch) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("a batch of {} is not in 1..{}", batch, info_.max_batch));
        }
        if (slot.under_way > 0) {
            return fail(ErrorCode::invalid_argument, fmt::format("slot {} is busy", number));
        }
        *slot.running = batch;
        auto started = guarded(ErrorCode::internal, "inference", [&] {
            for (; slot.under_way < batch; ++slot.under_way) {
                slot.requests[static_cast<std::size_t>(slot.under_way)].start_async();
            }
        });
        if (!started) static_cast<void>(finish(slot));
        return started;
    }

    Result<std::span<const TensorView>> wait(int number) override {
        Slot& slot = at(number);
        if (slot.under_way == 0) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("slot {} has nothing under way", number));
        }
        for (TensorView& view : slot.views) view.shape.front() = slot.under_way;
        if (auto done = finish(slot); !done) return fail(done.error());
        return std::span<const TensorView>(slot.views);
    }

    [[nodiscard]] bool done(int slot) const override {
        return *slots_.at(static_cast<std::size_t>(slot)).running == 0;
    }
    void on_done(std::function<void()> told) override { told_.set(std::move(told)); }

    [[nodiscard]] MemoryUse memory() const override { return memory_; }

    Result<std::vector<LayerTime>> layer_times(int slot) override {
        return guarded(ErrorCode::unsupported, "times of layers", [&] {
            std::vector<LayerTime> layers;
            for (const ov::ProfilingInfo& layer : at(slot).requests.front().get_profiling_info()) {
                if (layer.status != ov::ProfilingInfo::Status::EXECUTED) continue;
                const std::chrono::duration<double, std::milli> time = layer.real_time;
                layers.push_back({layer.node_name, layer.exec_type, time.count()});
            }
            return layers;
        });
    }

  private:
    Slot& at(int slot) { return slots_.at(static_cast<std::size_t>(slot)); }

    Slot make_slot() {
        const auto batch = static_cast<std::size_t>(info_.max_batch);
        Slot slot{HostBuffer(bytes_of(info_.input) * batch), {}, {}, {}};
        const auto ended =
            [this, running = slot.running.get()](const std::exception_ptr& /*wait() throws it*/) {
                if (--*running == 0) told_();
            };
        for (const TensorInfo& output : info_.outputs) {
            slot.outputs.emplace_back(bytes_of(output) * batch);
            slot.views.push_back({slot.outputs.back().data(), output.type, output.shape});
        }
        for (std::size_t image = 0; image < batch; ++image) {
            auto request = network_.compiled.create_infer_request();
            const auto input = network_.compiled.input();
            request.set_input_tensor(ov::Tensor(input.get_element_type(), input.get_shape(),
                                                slot.input.data() + image * bytes_of(info_.input)));
            for (std::size_t i = 0; i < slot.outputs.size(); ++i) {
                const auto port = network_.compiled.output(i);
                request.set_output_tensor(
                    i, ov::Tensor(port.get_element_type(), port.get_shape(),
                                  slot.outputs[i].data() + image * bytes_of(info_.outputs[i])));
            }
            request.set_callback(ended);
            slot.requests.push_back(std::move(request));
        }
        return slot;
    }

    /// A request's first run allocates; that shall not be the first one that counts.
    void warm_up() {
        for (Slot& slot : slots_) {
            *slot.running = info_.max_batch;
            for (auto& request : slot.requests) request.start_async();
        }
        for (Slot& slot : slots_) {
            for (auto& request : slot.requests) request.wait();
        }
    }

    void measure(std::size_t before, std::size_t with_network) {
        const std::size_t now = resident_bytes();
        const auto slots = static_cast<std::size_t>(info_.slots);
        const auto batch = static_cast<std::size_t>(info_.max_batch);
        std::size_t tensors = bytes_of(info_.input);
        for (const TensorInfo& output : info_.outputs) tensors += bytes_of(output);
        // A further image of a batch is a further request in each slot.
        const std::size_t requests = now > with_network ? now - with_network : 0;
        memory_.per_image = std::max(requests / batch, tensors * slots);
        memory_.held = std::max(now > before ? now - before : 0, tensors * slots * batch);
    }

    /// Waits for all that is under way, also past a failure; hands out the first failure.
    static Result<void> finish(Slot& slot) {
        Result<void> result;
        const int images = std::exchange(slot.under_way, 0);
        for (int image = 0; image < images; ++image) {
            auto& request = slot.requests[static_cast<std::size_t>(image)];
            auto done = guarded(ErrorCode::internal, "inference", [&] { request.wait(); });
            if (!done && result) result = std::move(done);
        }
        return result;
    }

    Callback told_;  // outlives the requests, which call it
    LoadedNetwork network_;
    BackendInfo info_;
    std::vector<Slot> slots_;
    MemoryUse memory_;
};

}  // namespace

Result<std::unique_ptr<Backend>> load_openvino(const model::OnnxModel& model,
                                               const model::ModelSpec& spec,
                                               const BackendOptions& options) {
    const std::size_t before = resident_bytes();
    const std::string what = model.name() + ": OpenVINO can't load it";
    // The core opens its plugins on construction, so that may throw as well.
    auto loaded =
        guarded(ErrorCode::unavailable, what, [&] { return load_network(model, spec, options); });
    if (!loaded) return fail(loaded.error());
    if (!*loaded) return fail(loaded->error());
    return guarded(ErrorCode::unsupported, what, [&]() -> std::unique_ptr<Backend> {
        return std::make_unique<OpenVinoBackend>(std::move(**loaded), before);
    });
}

}  // namespace saccade::infer
