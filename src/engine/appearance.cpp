#include "engine/appearance.h"

#include <utility>

#include "core/log.h"
#include "core/patience.h"
#include "engine/model_store.h"
#include "settings/network_choices.h"

namespace saccade::engine {
namespace {

/// Images of a batch: on a host the backend runs them side by side, and each keeps memory for
/// itself.
constexpr int host_batch = 8, device_batch = 64;
/// Frames that are taken together on a device: what they show makes several batches.
constexpr std::size_t frames_together = 32;

/// Made by whom they are waited for.
class HostLooks final : public pipeline::Looks {
  public:
    HostLooks(std::shared_ptr<detect::Embedder> embedder, Frame frame,
              std::span<const Detection> detections)
        : embedder_(std::move(embedder)),
          frame_(std::move(frame)),
          detections_(detections.begin(), detections.end()) {}

    Result<std::span<const float>> wait() override {
        if (!made_) {
            outcome_ = embedder_->embed(frame_, detections_, rows_);
            made_ = true;
            frame_ = {};
        }
        if (!outcome_) return fail(outcome_.error());
        return std::span<const float>(rows_);
    }
    [[nodiscard]] std::size_t bytes() const noexcept override {
        return detections_.size() * embedder_->dimension() * sizeof(float);
    }

  private:
    std::shared_ptr<detect::Embedder> embedder_;
    Frame frame_;
    const std::vector<Detection> detections_;
    std::vector<float> rows_;
    Result<void> outcome_;
    bool made_ = false;
};

Result<std::shared_ptr<DeviceLooks>> open_on_device(const model::OnnxModel& network,
                                                    const Settings& settings, infer::Device device,
                                                    const std::stop_token& stop) {
    const auto choices = settings::network_choices(settings);
    if (!choices) return fail(choices.error());
    infer::BackendOptions options;
    options.device = device;
    // (INT8 is for networks that were quantized; this one is run as it is.)
    const bool as_asked = choices->precision && *choices->precision != infer::Precision::int8 &&
                          *choices->precision != infer::Precision::mixed;
    options.precision = as_asked ? *choices->precision : infer::Precision::fp16;
    options.max_batch = device_batch;
    options.cache_dir = (cache_dir(settings) / "compiled").string();
    options.stop = stop;
    auto loaded =
        while_no_memory([&] { return detect::DeviceEmbedder::load(network, options); }, {}, stop,
                        [&] {
                            log::warning("no memory for {} on {}: waiting for others to free some",
                                         network.name(), to_string(device));
                        });
    if (!loaded) return fail(loaded.error());
    return std::make_shared<DeviceLooks>(std::move(*loaded));
}

}  // namespace

Result<std::shared_ptr<detect::Embedder>> open_embedder(const model::OnnxModel& network,
                                                        const Settings& settings) {
    infer::BackendOptions options;
    options.max_batch = host_batch;
    options.threads = settings.threads;
    options.cache_dir = (cache_dir(settings) / "compiled").string();
    auto loaded = detect::Embedder::load(network, options);
    if (!loaded) return fail(loaded.error());
    return std::shared_ptr<detect::Embedder>(std::move(*loaded));
}

std::shared_ptr<pipeline::Looks> FrameAppearance::begin(const Frame& frame,
                                                        std::span<const Detection> detections) {
    return std::make_shared<HostLooks>(embedder_, frame, detections);
}

class DeviceLooks::Waiting final : public pipeline::Looks {
  public:
    Waiting(Frame frame, std::span<const Detection> detections, std::size_t dimension)
        : bytes_(detections.size() * dimension * sizeof(float)) {
        request_.frame = std::move(frame);
        request_.detections.assign(detections.begin(), detections.end());
    }
    Result<std::span<const float>> wait() override {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return made_; });
        if (!request_.outcome) return fail(request_.outcome.error());
        return std::span<const float>(request_.rows);
    }
    [[nodiscard]] std::size_t bytes() const noexcept override { return bytes_; }

    /// For the one that makes them, until made().
    [[nodiscard]] detect::LookRequest& request() noexcept { return request_; }
    void made(const Result<void>& all) {
        {
            const std::lock_guard lock(mutex_);
            if (!all) request_.outcome = all;
            request_.frame = {};
            made_ = true;
        }
        changed_.notify_all();
    }

  private:
    const std::size_t bytes_;
    detect::LookRequest request_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool made_ = false;
};

DeviceLooks::DeviceLooks(std::unique_ptr<detect::DeviceEmbedder> embedder)
    : embedder_(std::move(embedder)), thread_([this] { work(); }) {}

DeviceLooks::~DeviceLooks() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    stop_.request_stop();
    changed_.notify_all();
}

std::shared_ptr<pipeline::Looks> DeviceLooks::begin(const Frame& frame,
                                                    std::span<const Detection> detections) {
    auto looks = std::make_shared<Waiting>(frame, detections, embedder_->dimension());
    if (detections.empty()) {
        looks->made({});
        return looks;
    }
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_.size() + under_way_ < most; });
        waiting_.push_back(looks);
    }
    changed_.notify_all();
    return looks;
}

void DeviceLooks::work() {
    std::vector<std::shared_ptr<Waiting>> taken;
    std::vector<detect::LookRequest*> requests;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            under_way_ = 0;
            changed_.notify_all();
            changed_.wait(lock, [&] { return over_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            while (!waiting_.empty() && taken.size() < frames_together) {
                taken.push_back(std::move(waiting_.front()));
                waiting_.pop_front();
            }
            under_way_ = taken.size();
        }
        for (const auto& one : taken) requests.push_back(&one->request());
        const auto all = while_no_memory(
            [&] { return embedder_->embed(requests); }, {}, stop_.get_token(),
            [] { log::warning("no memory for a batch of the ReID network: waiting"); });
        for (const auto& one : taken) one->made(all);
        taken.clear();
        requests.clear();
    }
}

Result<RunAppearance> RunAppearance::open(const model::OnnxModel& network, const Settings& settings,
                                          std::span<const infer::Device> devices,
                                          const std::stop_token& stop) {
    RunAppearance opened;
    for (const infer::Device device : devices) {
        if (device.is_host()) {
            auto embedder = open_embedder(network, settings);
            if (!embedder) return fail(embedder.error());
            opened.on_host = std::move(*embedder);
            return opened;
        }
        auto looks = open_on_device(network, settings, device, stop);
        if (!looks) return fail(looks.error());
        opened.on_device.push_back(std::move(*looks));
    }
    return opened;
}

std::unique_ptr<pipeline::AppearanceEncoder> RunAppearance::encoder(std::size_t device) const {
    if (on_host != nullptr) return std::make_unique<FrameAppearance>(on_host);
    if (on_device.empty()) return nullptr;
    return std::make_unique<DeviceAppearance>(on_device.at(device));
}

}  // namespace saccade::engine
