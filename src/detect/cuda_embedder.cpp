#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/crop.h"
#include "cuda/memory.h"
#include "cuda/runtime.h"
#include "detect/cuda_frames.h"
#include "detect/device_embedder.h"
#include "detect/embedding_network.h"
#include "detect/fit.h"
#include "vision/cuda_crops.h"
#include "vision/resample.h"

namespace saccade::detect {
namespace {

/// Whose crop an image of a batch is.
struct Subject {
    LookRequest* request;
    std::size_t detection;
};

/// Memory of one of the backend's slots, for as many images as it takes.
struct CropSlot {
    cuda::Buffer jobs, jobs_host;  ///< PictureJob by image
    cuda::Buffer taps, taps_host;  ///< by image: luma across and down, chroma across and down
    cuda::Buffer rows_host;
    cuda::Event done;
    std::vector<Subject> subjects;  ///< by image, of what is filled or under way
    bool submitted = false;
};

class CudaEmbedder final : public DeviceEmbedder {
  public:
    CudaEmbedder(EmbeddingNetwork network, const vision::InputLayout& layout,
                 std::string model_name, int device)
        : network_(std::move(network)),
          layout_(layout),
          model_name_(std::move(model_name)),
          device_(device),
          budget_(device_memory_, 0),
          pinned_(pinned_memory_) {
        for (std::size_t i = 0; i < 3; ++i) {
            channels_.mean[i] = network_.spec.mean[i];
            channels_.scale[i] = 1 / network_.spec.deviation[i];
        }
    }
    ~CudaEmbedder() override {
        cudaSetDevice(device_);
        abandon();
    }

    /// The rest of the construction, which may lack memory. Throws CudaFailure.
    Result<void> allocate() {
        const infer::BackendInfo& info = backend().info();
        const auto images = static_cast<std::size_t>(info.max_batch);
        const std::size_t jobs = images * sizeof(vision::PictureJob);
        const std::size_t taps = images * taps_each() * sizeof(vision::Tap);
        const std::size_t rows = images * network_.dimension * sizeof(float);
        for (int i = 0; i < info.slots; ++i) {
            CropSlot& slot = *slots_.emplace_back(std::make_unique<CropSlot>());
            const std::tuple<cuda::Buffer*, cuda::MemoryResource*, std::size_t> all[] = {
                {&slot.jobs, &budget_, jobs},      {&slot.jobs_host, &pinned_, jobs},
                {&slot.taps, &budget_, taps},      {&slot.taps_host, &pinned_, taps},
                {&slot.rows_host, &pinned_, rows},
            };
            for (const auto& [buffer, resource, bytes] : all) {
                auto made = cuda::Buffer::make(*resource, bytes);
                if (!made) return fail(made.error());
                *buffer = std::move(*made);
            }
        }
        return {};
    }

    [[nodiscard]] std::size_t dimension() const noexcept override { return network_.dimension; }

    Result<void> embed(std::span<LookRequest* const> requests) override {
        auto done = cuda::guarded([&] {
            const cuda::DeviceScope scope(device_);
            return embed_all(requests);
        });
        Result<void> result = done ? *done : fail(done.error());
        if (!result) abandon();
        return result;
    }

  private:
    [[nodiscard]] infer::Backend& backend() const { return *network_.backend; }
    [[nodiscard]] std::size_t taps_each() const {
        return 2 * static_cast<std::size_t>(layout_.width + layout_.height);
    }
    CropSlot& at(int number) { return *slots_[static_cast<std::size_t>(number)]; }
    [[nodiscard]] cudaStream_t stream_of(int number) const {
        return static_cast<cudaStream_t>(backend().stream(number));
    }
    [[nodiscard]] int count() const { return static_cast<int>(slots_.size()); }

    Result<void> embed_all(std::span<LookRequest* const> requests) {
        std::vector<Frame> frames;
        if (auto ok = place(requests, frames); !ok) return ok;
        const auto images = static_cast<std::size_t>(backend().info().max_batch);
        int filling = 0;  // the slot
        for (std::size_t r = 0; r < requests.size(); ++r) {
            LookRequest& request = *requests[r];
            if (!request.outcome) continue;
            for (std::size_t d = 0; d < request.detections.size(); ++d) {
                const auto part = crop(frames[r], request.detections[d].box);
                if (!part) continue;
                if (at(filling).submitted) {
                    if (auto ok = collect(filling); !ok) return ok;
                }
                fill(at(filling), *part, {&request, d});
                if (at(filling).subjects.size() < images) continue;
                if (auto ok = submit(filling); !ok) return ok;
                filling = (filling + 1) % count();
            }
        }
        if (!at(filling).submitted && !at(filling).subjects.empty()) {
            if (auto ok = submit(filling); !ok) return ok;
            filling = (filling + 1) % count();
        }
        // From the oldest: the one that would be filled next.
        for (int i = 0; i < count(); ++i, filling = (filling + 1) % count()) {
            if (!at(filling).submitted) continue;
            if (auto ok = collect(filling); !ok) return ok;
        }
        return {};
    }

    /// The requests' frames in device memory: those of the host are uploaded.
    Result<void> place(std::span<LookRequest* const> requests, std::vector<Frame>& frames) {
        std::size_t uploads = 0;
        for (LookRequest* const request : requests) {
            request->outcome = {};
            request->rows.assign(request->detections.size() * network_.dimension, 0);
            Frame& frame = frames.emplace_back(request->frame);
            if (request->detections.empty()) continue;
            if (frame.memory == MemoryKind::host) {
                request->outcome = vision::check_host_frame(frame);
                if (!request->outcome) continue;
                if (uploads == uploads_.size()) uploads_.push_back(std::make_unique<Upload>());
                vision::PictureJob job;
                if (auto ok =
                        uploads_[uploads]->run(frame, job, pinned_, budget_, upload_stream_.get());
                    !ok) {
                    return ok;
                }
                ++uploads;
                for (std::size_t p = 0; p < frame.planes.size(); ++p) {
                    frame.planes[p] = {job.planes[p], job.strides[p]};
                }
                frame.memory = MemoryKind::cuda;
                frame.device = device_;
            } else if (frame.device != device_ || frame.planes[0].data == nullptr) {
                request->outcome = fail(ErrorCode::unsupported,
                                        fmt::format("a frame on GPU {} was given to {} on GPU {}",
                                                    frame.device, model_name_, device_));
            }
        }
        if (uploads > 0) upload_stream_.synchronize();
        return {};
    }

    void fill(CropSlot& slot, const Frame& part, const Subject& subject) {
        const std::size_t image = slot.subjects.size();
        const vision::Letterbox letterbox = vision::make_letterbox(
            part.width, part.height, layout_.width, layout_.height, layout_.placement);
        vision::PictureJob& job = slot.jobs_host.as<vision::PictureJob>()[image];
        job = vision::make_picture_job(part, letterbox, layout_.scale);
        const auto tables = vision::make_resample_tables(letterbox, part.format, part.color.siting);
        std::size_t tap = image * taps_each();
        const auto put = [&](const std::vector<vision::Tap>& axis) {
            std::copy(axis.begin(), axis.end(), slot.taps_host.as<vision::Tap>() + tap);
            const vision::Tap* const on_device = slot.taps.as<vision::Tap>() + tap;
            tap += axis.size();
            return on_device;
        };
        job.luma_x = put(tables.luma_x);
        job.luma_y = put(tables.luma_y);
        job.chroma_x = put(tables.chroma_x);
        job.chroma_y = put(tables.chroma_y);
        slot.subjects.push_back(subject);
    }

    Result<void> submit(int number) {
        CropSlot& slot = at(number);
        const cudaStream_t stream = stream_of(number);
        const std::size_t images = slot.subjects.size();
        const auto copy = [&](void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
            cuda::check(cudaMemcpyAsync(to, from, bytes, kind, stream), "cudaMemcpyAsync");
        };
        copy(slot.jobs.data(), slot.jobs_host.data(), images * sizeof(vision::PictureJob),
             cudaMemcpyHostToDevice);
        copy(slot.taps.data(), slot.taps_host.data(), images * taps_each() * sizeof(vision::Tap),
             cudaMemcpyHostToDevice);
        cuda::check(
            vision::launch_crops(slot.jobs.as<vision::PictureJob>(), static_cast<int>(images),
                                 layout_, channels_, backend().input(number).data, stream),
            "kernel of the crops");
        if (auto ok = backend().submit(number, static_cast<int>(images)); !ok) return ok;
        slot.submitted = true;
        copy(slot.rows_host.data(), backend().outputs(number)[network_.output].data,
             images * network_.dimension * sizeof(float), cudaMemcpyDeviceToHost);
        slot.done.record(stream);
        return {};
    }

    Result<void> collect(int number) {
        CropSlot& slot = at(number);
        slot.done.synchronize();
        slot.submitted = false;
        if (const auto ok = backend().wait(number); !ok) return fail(ok.error());
        const std::size_t dimension = network_.dimension;
        const float* from = slot.rows_host.as<float>();
        for (const Subject& subject : slot.subjects) {
            const std::span row(subject.request->rows.data() + subject.detection * dimension,
                                dimension);
            if (!to_unit_length({from, dimension}, row)) {
                subject.request->outcome = fail(not_finite(model_name_));
            }
            from += dimension;
        }
        slot.subjects.clear();
        return {};
    }

    /// Nothing may be under way any more.
    void abandon() noexcept {
        for (int i = 0; i < count(); ++i) {
            cudaStreamSynchronize(stream_of(i));
            if (at(i).submitted) static_cast<void>(backend().wait(i));
            at(i).submitted = false;
            at(i).subjects.clear();
        }
        cudaStreamSynchronize(upload_stream_.get());
    }

    // Destroyed in the other order: slots before their memory, the backend last.
    EmbeddingNetwork network_;
    const vision::InputLayout layout_;
    vision::ChannelScale channels_;
    const std::string model_name_;
    const int device_;
    cuda::DeviceResource device_memory_;
    cuda::BudgetedResource budget_;
    cuda::PinnedResource pinned_memory_;
    cuda::PoolResource pinned_;
    cuda::Stream upload_stream_;
    std::vector<std::unique_ptr<Upload>> uploads_;  ///< of frames on the host, by their order
    std::vector<std::unique_ptr<CropSlot>> slots_;
};

}  // namespace

Result<std::unique_ptr<DeviceEmbedder>> DeviceEmbedder::load(const model::OnnxModel& model,
                                                             const infer::BackendOptions& options) {
    auto network = EmbeddingNetwork::open(model, options);
    if (!network) return fail(network.error());
    const infer::TensorView input = network->backend->input(0);
    const auto type = sample_type(network->backend->info().input.type);
    if (input.memory != MemoryKind::cuda || !type || *type == vision::SampleType::u8) {
        return fail(ErrorCode::unsupported, model.name() + ": the device can't fill its input",
                    "load it on the device 'cpu'");
    }
    vision::InputLayout layout = network->layout();
    layout.type = *type;
    auto made = cuda::guarded([&]() -> Result<std::unique_ptr<DeviceEmbedder>> {
        const cuda::DeviceScope scope(input.device);
        auto embedder =
            std::make_unique<CudaEmbedder>(std::move(*network), layout, model.name(), input.device);
        if (auto ok = embedder->allocate(); !ok) return fail(ok.error());
        return embedder;
    });
    if (!made) return fail(made.error());
    return std::move(*made);
}

}  // namespace saccade::detect
