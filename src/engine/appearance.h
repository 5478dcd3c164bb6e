// Looks for the pipeline: the ReID network of the settings, run on what a stream's detector found.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "detect/embedder.h"
#include "pipeline/pipeline.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::engine {

/// The ReID network, for all streams of a run. It runs on the CPU, whatever the detector runs on:
/// crops are taken from frames in host memory. Errors: those of detect::Embedder::load.
Result<std::shared_ptr<detect::Embedder>> open_embedder(const model::OnnxModel& network,
                                                        const Settings& settings);

/// One stream's view of the network.
class FrameAppearance final : public pipeline::AppearanceEncoder {
  public:
    explicit FrameAppearance(std::shared_ptr<detect::Embedder> embedder)
        : embedder_(std::move(embedder)) {}

    Result<std::span<const float>> encode(const Frame& frame,
                                          std::span<const Detection> detections) override;

  private:
    std::shared_ptr<detect::Embedder> embedder_;
    std::vector<float> rows_;
};

}  // namespace saccade::engine
