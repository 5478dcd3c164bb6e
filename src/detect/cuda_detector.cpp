#include "detect/cuda_detector.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "core/callback.h"
#include "cuda/memory.h"
#include "cuda/runtime.h"
#include "detect/cuda_frames.h"
#include "detect/cuda_marks.h"
#include "detect/first_look.h"
#include "detect/fit.h"
#include "vision/cuda_postprocess.h"
#include "vision/cuda_preprocess.h"

namespace saccade::detect {
namespace {

using Steady = std::chrono::steady_clock;

/// With several classes a place, more candidates than this are refused: memory for all of them
/// would be larger than the network's own.
constexpr int most_candidates = 1 << 16;

vision::HeadLayout layout_of(model::HeadLayout layout) {
    switch (layout) {
        case model::HeadLayout::channels_first: return vision::HeadLayout::channels_first;
        case model::HeadLayout::anchors_first: return vision::HeadLayout::anchors_first;
        case model::HeadLayout::rows: break;
    }
    return vision::HeadLayout::rows;
}

/// Memory and frames of one of the backend's slots.
struct Slot {
    cuda::Buffer pictures, pictures_host;  ///< PictureJob by image
    cuda::Buffer candidates, counts, ranked, removed;
    cuda::Buffer results, results_host;
    std::vector<Upload> uploads;     ///< by image
    std::vector<Frame> frames;       ///< held while the device reads them
    std::optional<CudaMarks> marks;  ///< where spans are recorded
    cuda::Event done;
};

class CudaDetector final : public Detector {
  public:
    CudaDetector(std::unique_ptr<infer::Backend> backend, Fit fit, const model::ModelSpec& spec,
                 const Thresholds& thresholds, int device)
        : backend_(std::move(backend)),
          info_(std::move(fit.info)),
          layout_(fit.layout),
          output_(fit.output),
          device_(device),
          budget_(device_memory_, 0),
          pinned_(pinned_memory_),
          tables_(budget_, layout_.placement, layout_.width, layout_.height) {
        const infer::Shape& shape = info_.backend.outputs[output_].shape;
        const bool channels = spec.layout == model::HeadLayout::channels_first;
        post_.head.layout = layout_of(spec.layout);
        post_.head.classes = static_cast<int>(spec.class_names.size());
        post_.head.anchors = static_cast<int>(channels ? shape[2] : shape[1]);
        post_.head.confidence = std::max(thresholds.confidence, 0.0F);
        post_.head.multi_label = thresholds.multi_label && spec.layout != model::HeadLayout::rows;
        post_.nms.iou = spec.suppressed ? 1.0F : thresholds.iou;
        post_.output_stride = static_cast<std::ptrdiff_t>(shape[1] * shape[2]);
        const std::int64_t possible = static_cast<std::int64_t>(post_.head.anchors) *
                                      (post_.head.multi_label ? post_.head.classes : 1);
        post_.capacity = static_cast<int>(
            std::min<std::int64_t>(possible, std::max(post_.head.anchors, most_candidates)));
        post_.nms.max_detections = std::min(thresholds.max_detections, post_.capacity);
    }

    ~CudaDetector() override {
        cudaSetDevice(device_);
        while (in_flight_ > 0) static_cast<void>(finish_oldest());
        // What comes last on a stream is a call to `ready_`.
        for (int slot = 0; slot < depth(); ++slot)
            cudaStreamSynchronize(static_cast<cudaStream_t>(backend_->stream(slot)));
    }

    /// The rest of the construction, which may lack memory.
    Result<void> allocate(const model::ModelSpec& spec, const Thresholds& thresholds) {
        if (spec.on_grids) {
            auto ok = keep(vision::make_grid(layout_.width, layout_.height), grid_);
            if (!ok) return ok;
            post_.head.grid = grid_.as<vision::GridCell>();
        }
        if (!thresholds.classes.empty()) {
            std::vector<std::uint8_t> wanted(static_cast<std::size_t>(post_.head.classes));
            for (const int id : thresholds.classes) wanted[static_cast<std::size_t>(id)] = 1;
            if (auto ok = keep(wanted, wanted_); !ok) return ok;
            post_.head.wanted = wanted_.as<std::uint8_t>();
        }
        for (int i = 0; i < info_.backend.slots; ++i) {
            auto& slot = slots_.emplace_back(std::make_unique<Slot>());
            if (auto ok = allocate(*slot); !ok) return ok;
        }
        return {};
    }

    [[nodiscard]] const DetectorInfo& info() const noexcept override { return info_; }
    [[nodiscard]] int max_batch() const noexcept override { return info_.backend.max_batch; }
    [[nodiscard]] int depth() const noexcept override { return static_cast<int>(slots_.size()); }
    [[nodiscard]] int in_flight() const noexcept override { return in_flight_; }
    [[nodiscard]] DetectorTimes times() const override { return times_; }
    [[nodiscard]] bool ready() const override {
        return in_flight_ > 0 && slots_[static_cast<std::size_t>(oldest_)]->done.done();
    }
    void on_ready(std::function<void()> told) override {
        listened_to_ = told != nullptr;
        ready_.set(std::move(told));
    }
    void trim() override {
        pinned_.trim();
        static_cast<void>(cuda::guarded([&] {
            const cuda::DeviceScope scope(device_);
            device_memory_.trim();
        }));
    }
    void record_spans(bool on) override {
        static_cast<void>(cuda::guarded([&] {
            const cuda::DeviceScope scope(device_);
            clock_.reset();
            if (on) clock_.emplace(static_cast<cudaStream_t>(backend_->stream(0)));
        }));
    }
    [[nodiscard]] std::vector<DeviceSpan> device_spans() override {
        return std::exchange(spans_, {});
    }
    Result<std::vector<infer::LayerTime>> layer_times() override {
        return backend_->layer_times((oldest_ + depth() - 1) % depth());
    }
    [[nodiscard]] infer::MemoryUse memory() const override {
        infer::MemoryUse use = backend_->memory();
        use.held += budget_.held();
        use.per_image += budget_.held() / static_cast<std::size_t>(max_batch());
        return use;
    }

    Result<void> submit(std::span<const Frame> frames) override {
        const int batch = static_cast<int>(frames.size());
        if (batch < 1 || batch > max_batch() || in_flight_ == depth()) {
            return fail(ErrorCode::internal,
                        fmt::format("a batch of {} was submitted to a detector that takes {} and "
                                    "has {} of {} under way",
                                    batch, max_batch(), in_flight_, depth()));
        }
        for (const Frame& frame : frames) {
            if (auto ok = check(frame); !ok) return ok;
        }
        const auto start = Steady::now();
        const int number = (oldest_ + in_flight_) % depth();
        auto started = cuda::guarded([&] {
            const cuda::DeviceScope scope(device_);
            return enqueue(frames, number);
        });
        times_.preprocess += Steady::now() - start;
        Result<void> result = started ? *started : fail(started.error());
        if (!result) {
            abandon(number);
            return result;
        }
        ++in_flight_;
        return {};
    }

    Result<std::vector<Detections>> collect() override {
        if (in_flight_ == 0)
            return fail(ErrorCode::internal, "no batch is under way to be collected");
        return finish_oldest();
    }

  private:
    Result<void> check(const Frame& frame) const {
        if (frame.memory == MemoryKind::host) return vision::check_host_frame(frame);
        if (frame.device == device_ && frame.planes[0].data != nullptr) return {};
        return fail(ErrorCode::unsupported,
                    fmt::format("a frame on GPU {} was given to a detector on GPU {}", frame.device,
                                device_));
    }

    Result<void> allocate(Slot& slot) {
        const auto images = static_cast<std::size_t>(max_batch());
        const auto capacity = static_cast<std::size_t>(post_.capacity);
        const auto padded = static_cast<std::size_t>(vision::padded_size(post_.capacity));
        const std::size_t results = images * vision::result_bytes(post_.nms.max_detections);
        const std::size_t pictures = images * sizeof(vision::PictureJob);
        slot.uploads.resize(images);
        const std::pair<cuda::Buffer*, std::size_t> on_device[] = {
            {&slot.pictures, pictures},
            {&slot.candidates, images * capacity * sizeof(vision::Candidate)},
            {&slot.counts, images * sizeof(std::int32_t)},
            {&slot.ranked, images * padded * sizeof(vision::Ranked)},
            {&slot.removed, images * capacity},
            {&slot.results, results}};
        for (const auto& [buffer, bytes] : on_device) {
            if (auto ok = make(*buffer, budget_, bytes); !ok) return ok;
        }
        if (auto ok = make(slot.pictures_host, pinned_, pictures); !ok) return ok;
        return make(slot.results_host, pinned_, results);
    }

    static Result<void> make(cuda::Buffer& buffer, cuda::MemoryResource& from, std::size_t bytes) {
        auto made = cuda::Buffer::make(from, bytes);
        if (!made) return fail(made.error());
        buffer = std::move(*made);
        return {};
    }

    /// A constant array of the device.
    template <typename T>
    Result<void> keep(const std::vector<T>& values, cuda::Buffer& buffer) {
        const std::size_t bytes = values.size() * sizeof(T);
        if (auto ok = make(buffer, budget_, bytes); !ok) return ok;
        const cuda::Stream stream;
        cuda::check(cudaMemcpyAsync(buffer.data(), values.data(), bytes, cudaMemcpyHostToDevice,
                                    stream.get()),
                    "cudaMemcpyAsync");
        stream.synchronize();
        return {};
    }

    /// Puts all work of the batch on the slot's stream.
    Result<void> enqueue(std::span<const Frame> frames, int number) {
        Slot& slot = *slots_[static_cast<std::size_t>(number)];
        const auto stream = static_cast<cudaStream_t>(backend_->stream(number));
        const int batch = static_cast<int>(frames.size());
        slot.frames.assign(frames.begin(), frames.end());
        if (clock_ && !slot.marks) slot.marks.emplace();
        if (!clock_) slot.marks.reset();
        const auto mark = [&](std::size_t border) {
            if (slot.marks) slot.marks->mark(border, stream);
        };
        mark(0);
        auto* const jobs = slot.pictures_host.as<vision::PictureJob>();
        for (std::size_t i = 0; i < frames.size(); ++i) {
            auto job = tables_.job_of(frames[i], layout_.scale);
            if (!job) return fail(job.error());
            if (frames[i].memory == MemoryKind::host) {
                if (auto ok = slot.uploads[i].run(frames[i], *job, pinned_, budget_, stream); !ok) {
                    return ok;
                }
                slot.frames[i].owner.reset();  // copied: the decoder may have it back
            }
            jobs[i] = *job;
        }
        const auto copy = [&](void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
            cuda::check(cudaMemcpyAsync(to, from, bytes, kind, stream), "cudaMemcpyAsync");
        };
        copy(slot.pictures.data(), jobs, frames.size() * sizeof(*jobs), cudaMemcpyHostToDevice);
        mark(1);
        const auto* const pictures = slot.pictures.as<vision::PictureJob>();
        cuda::check(vision::launch_letterbox(pictures, batch, layout_, backend_->input(number).data,
                                             stream),
                    "letterbox kernel");
        mark(2);
        if (auto ok = backend_->submit(number, batch); !ok) return ok;
        mark(3);
        const vision::PostMemory memory{
            slot.candidates.as<vision::Candidate>(), slot.counts.as<std::int32_t>(),
            slot.ranked.as<vision::Ranked>(), slot.removed.as<std::uint8_t>(),
            slot.results.as<std::byte>()};
        cuda::check(vision::launch_postprocess(
                        post_, static_cast<const float*>(backend_->outputs(number)[output_].data),
                        pictures, batch, memory, stream),
                    "postprocessing kernels");
        mark(4);
        copy(slot.results_host.data(), slot.results.data(),
             frames.size() * vision::result_bytes(post_.nms.max_detections),
             cudaMemcpyDeviceToHost);
        mark(5);
        slot.done.record(stream);
        if (listened_to_) cuda::call_on(stream, ready_);
        return {};
    }

    /// After a failed enqueue: nothing of the slot may be under way any more.
    void abandon(int number) {
        cudaStreamSynchronize(static_cast<cudaStream_t>(backend_->stream(number)));
        static_cast<void>(backend_->wait(number));
        slots_[static_cast<std::size_t>(number)]->frames.clear();
    }

    Result<std::vector<Detections>> finish_oldest() {
        const int number = oldest_;
        Slot& slot = *slots_[static_cast<std::size_t>(number)];
        oldest_ = (oldest_ + 1) % depth();
        --in_flight_;
        const std::size_t batch = slot.frames.size();
        const auto start = Steady::now();
        const auto waited = cuda::guarded([&] {
            const cuda::DeviceScope scope(device_);
            slot.done.synchronize();
            if (clock_ && slot.marks) spans_ = slot.marks->spans(*clock_, number);
        });
        const auto network = backend_->wait(number);
        const auto ready = Steady::now();
        times_.wait += ready - start;
        slot.frames.clear();
        if (!waited) return fail(waited.error());
        if (!network) return fail(network.error());
        auto results = read(slot, batch);
        times_.postprocess += Steady::now() - ready;
        return results;
    }

    Result<std::vector<Detections>> read(const Slot& slot, std::size_t batch) const {
        std::vector<Detections> all(batch);
        const auto* result = slot.results_host.as<std::byte>();
        for (Detections& detections : all) {
            vision::ResultHeader header;
            std::memcpy(&header, result, sizeof header);
            if (header.candidates > post_.capacity) {
                return fail(ErrorCode::unsupported,
                            fmt::format("{} candidates in a frame are more than {}",
                                        header.candidates, post_.capacity),
                            "use a higher --conf");
            }
            detections.resize(static_cast<std::size_t>(header.count));
            if (header.count > 0) {
                std::memcpy(detections.data(), result + sizeof header,
                            detections.size() * sizeof(Detection));
            }
            result += vision::result_bytes(post_.nms.max_detections);
        }
        return all;
    }

    // Destroyed in the other order: slots and tables before their memory, the backend last.
    std::unique_ptr<infer::Backend> backend_;
    DetectorInfo info_;
    const vision::InputLayout layout_;
    const std::size_t output_;
    const int device_;
    cuda::DeviceResource device_memory_;
    cuda::BudgetedResource budget_;
    cuda::PinnedResource pinned_memory_;
    cuda::PoolResource pinned_;
    DeviceTables tables_;
    cuda::Buffer grid_, wanted_;
    vision::PostJob post_;
    std::vector<std::unique_ptr<Slot>> slots_;
    int oldest_ = 0, in_flight_ = 0;
    Callback ready_;
    bool listened_to_ = false;
    DetectorTimes times_;
    std::optional<DeviceClock> clock_;  ///< while spans are recorded
    std::vector<DeviceSpan> spans_;     ///< of the batch collected last
};

/// Throws CudaFailure.
/// In the order of the stream, and done when they return.
NetworkCopies copies_on(cudaStream_t stream) {
    const auto copy = [stream](void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
        cuda::check(cudaMemcpyAsync(to, from, bytes, kind, stream), "cudaMemcpyAsync");
        cuda::check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
    };
    return {.in =
                [copy](std::span<const std::byte> from, const infer::TensorView& to) {
                    copy(to.data, from.data(), from.size(), cudaMemcpyHostToDevice);
                },
            .out =
                [copy](const infer::TensorView& from, std::span<float> to) {
                    copy(to.data(), from.data, to.size_bytes(), cudaMemcpyDeviceToHost);
                }};
}

}  // namespace

Result<std::unique_ptr<Detector>> make_cuda_detector(std::unique_ptr<infer::Backend> backend,
                                                     const model::ModelSpec& spec,
                                                     std::string model_name,
                                                     const Thresholds& thresholds) {
    auto fitted = fit(backend->info(), spec, std::move(model_name), thresholds);
    if (!fitted) return fail(fitted.error());
    const int device = backend->input(0).device;
    fitted->info.cuda_device = device;
    auto made = cuda::guarded([&]() -> Result<std::unique_ptr<Detector>> {
        const cuda::DeviceScope scope(device);
        const NetworkCopies copies = copies_on(static_cast<cudaStream_t>(backend->stream(0)));
        if (auto ok = first_look(*backend, fitted->output, spec, fitted->info.model, copies); !ok) {
            return fail(ok.error());
        }
        auto detector = std::make_unique<CudaDetector>(std::move(backend), std::move(*fitted), spec,
                                                       thresholds, device);
        if (auto ok = detector->allocate(spec, thresholds); !ok) return fail(ok.error());
        return detector;
    });
    if (!made) return fail(made.error());
    return std::move(*made);
}

}  // namespace saccade::detect
