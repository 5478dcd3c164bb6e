// Looks for the pipeline: the ReID network of the settings, run on what a stream's detector found.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

#include "detect/device_embedder.h"
#include "detect/embedder.h"
#include "infer/device.h"
#include "pipeline/appearance.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// The ReID network on the host, for all streams of a run. Errors: those of detect::Embedder::load.
Result<std::shared_ptr<detect::Embedder>> open_embedder(const model::OnnxModel& network,
                                                        const Settings& settings);

/// One stream's view of the network on the host. Each frame's looks are made when they are waited
/// for, on that thread.
class FrameAppearance final : public pipeline::AppearanceEncoder {
  public:
    explicit FrameAppearance(std::shared_ptr<detect::Embedder> embedder)
        : embedder_(std::move(embedder)) {}

    std::shared_ptr<pipeline::Looks> begin(const Frame& frame,
                                           std::span<const Detection> detections) override;
    [[nodiscard]] std::size_t ahead() const noexcept override { return 1; }

  private:
    std::shared_ptr<detect::Embedder> embedder_;
};

/// A GPU's ReID network, for all streams of that device: frames of all of them are taken together,
/// on a thread of its own, so that neither the detector's thread nor a stream waits for another's.
/// Any thread.
class DeviceLooks {
  public:
    /// Frames that may wait or be under way, of all streams; they hold their pixels.
    static constexpr std::size_t most = 64;

    /// `embedder`: by what they are made.
    explicit DeviceLooks(std::unique_ptr<detect::DeviceEmbedder> embedder);
    DeviceLooks(const DeviceLooks&) = delete;
    DeviceLooks& operator=(const DeviceLooks&) = delete;
    /// Does what is waited for before.
    ~DeviceLooks();

    /// Blocks while `most` are there.
    std::shared_ptr<pipeline::Looks> begin(const Frame& frame,
                                           std::span<const Detection> detections);

  private:
    class Waiting;

    void work();

    const std::unique_ptr<detect::DeviceEmbedder> embedder_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::shared_ptr<Waiting>> waiting_;
    std::size_t under_way_ = 0;
    bool over_ = false;
    std::stop_source stop_;
    std::jthread thread_;  ///< last: it uses what is above
};

/// Of one stream on that device.
class DeviceAppearance final : public pipeline::AppearanceEncoder {
  public:
    explicit DeviceAppearance(std::shared_ptr<DeviceLooks> looks) : looks_(std::move(looks)) {}
    std::shared_ptr<pipeline::Looks> begin(const Frame& frame,
                                           std::span<const Detection> detections) override {
        return looks_->begin(frame, detections);
    }
    [[nodiscard]] std::size_t ahead() const noexcept override { return 16; }

  private:
    std::shared_ptr<DeviceLooks> looks_;
};

/// The ReID network where the streams' detectors are.
struct RunAppearance {
    std::shared_ptr<detect::Embedder> on_host;            ///< may be none
    std::vector<std::shared_ptr<DeviceLooks>> on_device;  ///< by device of the run; may be none

    /// `devices`: those of the run, GPUs or the host alone. `stop` ends the wait for another
    /// process that compiles the network. Errors: those of detect::Embedder::load and
    /// detect::DeviceEmbedder::load.
    static Result<RunAppearance> open(const model::OnnxModel& network, const Settings& settings,
                                      std::span<const infer::Device> devices,
                                      const std::stop_token& stop);
    /// For a stream; none where no network was opened.
    [[nodiscard]] std::unique_ptr<pipeline::AppearanceEncoder> encoder(std::size_t device) const;
};

}  // namespace saccade::engine
