// BoT-SORT: ByteTrack with a filter of width and height, camera motion and appearance.
//
// Aharon et al., "BoT-SORT: Robust Associations Multi-Pedestrian Tracking", 2022.
#pragma once

#include "track/botsort/appearance.h"
#include "track/botsort/gallery.h"
#include "track/kalman/xywh_filter.h"
#include "track/two_stage.h"

namespace saccade::track {

/// The paper's settings. Distances: 1 - IoU for `proximity`, half the cosine distance for
/// `appearance`; a look counts only below both.
struct BotSortOptions {
    TwoStageOptions stages{.high_score = 0.6F, .new_score = 0.7F};
    float proximity = 0.5F;
    float appearance = 0.25F;
    /// How long who left is known again by looks (no part of the paper); 0: not at all.
    double remember_seconds = 0;
};

/// Uses Observation::motion and Observation::embeddings where they are given, and does without
/// where they are not.
class BotSort : public TwoStageTracker<XywhFilter> {
  public:
    explicit BotSort(const BotSortOptions& options)
        : TwoStageTracker(options.stages), options_(options) {}

  protected:
    void begin(const Observation& observation, std::span<const int> sure,
               std::span<Object> objects) override;
    void weigh(Stage stage, const Observation& observation, std::span<const Object> objects,
               std::span<const int> rows, std::span<const int> cols, PairList& pairs) override;

  private:
    void seen(const Observation& observation, Object& object, int detection) override;
    void believed(const Observation& observation, Object& object) override;
    void forget(Object& object) override;
    void forgot_all() override { gallery_.reset(appearance_); }

    BotSortOptions options_;
    AppearanceStore appearance_;
    Gallery gallery_;
    PairList overlaps_;
};

}  // namespace saccade::track
