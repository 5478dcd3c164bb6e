#include "engine/appearance.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

#include "engine/model_store.h"
#include "track/registry.h"

namespace saccade::engine {
namespace {

/// Images of a batch: the backend runs them side by side, and each keeps memory for itself.
constexpr int batch = 8;

/// A name that is no tracker's is make_tracker's to refuse.
Result<void> check_tracker(const Settings& settings) {
    std::vector<std::string_view> able;
    bool wrong = false;
    for (const track::TrackerDescription& tracker : track::trackers()) {
        if (tracker.appearance) able.push_back(tracker.name);
        wrong = wrong || (tracker.name == settings.tracker && !tracker.appearance);
    }
    if (wrong) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("reid: the tracker {} makes no use of looks", settings.tracker),
                    fmt::format("use --tracker {}, or leave --reid out", fmt::join(able, " or ")));
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<detect::Embedder>> open_embedder(Mode mode, const Settings& settings) {
    if (mode == Mode::track && settings.reid.empty() && settings.remember > 0) {
        return fail(ErrorCode::invalid_argument,
                    "remember: who comes back is known by looks, and no network tells them",
                    "name one with --reid, or leave --remember out");
    }
    if (mode != Mode::track || settings.reid.empty()) return std::shared_ptr<detect::Embedder>();
    if (auto ok = check_tracker(settings); !ok) return fail(ok.error());
    const auto path = find_reid(settings);
    if (!path) return fail(path.error());

    detect::EmbedderOptions options;
    options.model = *path;
    options.backend.device = "cpu";
    options.backend.max_batch = batch;
    options.backend.threads = settings.threads;
    options.backend.cache_dir = (cache_dir(settings) / "compiled").string();
    auto loaded = detect::Embedder::load(options);
    if (!loaded) return fail(loaded.error());
    return std::shared_ptr<detect::Embedder>(std::move(*loaded));
}

Result<std::span<const float>> FrameAppearance::encode(const Frame& frame,
                                                       std::span<const Detection> detections) {
    if (auto done = embedder_->embed(frame, detections, rows_); !done) return fail(done.error());
    return std::span<const float>(rows_);
}

}  // namespace saccade::engine
