#include "engine/appearance.h"

#include <utility>

#include "engine/model_store.h"

namespace saccade::engine {
namespace {

/// Images of a batch: the backend runs them side by side, and each keeps memory for itself.
constexpr int batch = 8;

}  // namespace

Result<std::shared_ptr<detect::Embedder>> open_embedder(const model::OnnxModel& network,
                                                        const Settings& settings) {
    infer::BackendOptions options;
    options.max_batch = batch;
    options.threads = settings.threads;
    options.cache_dir = (cache_dir(settings) / "compiled").string();
    auto loaded = detect::Embedder::load(network, options);
    if (!loaded) return fail(loaded.error());
    return std::shared_ptr<detect::Embedder>(std::move(*loaded));
}

Result<std::span<const float>> FrameAppearance::encode(const Frame& frame,
                                                       std::span<const Detection> detections) {
    if (auto done = embedder_->embed(frame, detections, rows_); !done) return fail(done.error());
    return std::span<const float>(rows_);
}

}  // namespace saccade::engine
