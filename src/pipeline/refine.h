// Which parts of a frame are worth a second, closer look, and what that look changes.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "core/size.h"
#include "saccade/types.h"

namespace saccade::pipeline {

struct RefineOptions {
    int budget = 0;            ///< crops a frame; 0: no second look
    float confidence = 0.25F;  ///< least score of what is handed on
    int max_detections = 300;  ///< handed on, best first
};

/// What the detector is asked for where frames are refined: weaker than any answer that is handed
/// on, since a faint hint is reason enough to look closer.
inline constexpr float faint_score = 0.05F;
/// Frames of a stream whose crops are under way at once.
inline constexpr int crops_under_way = 2;

/// One stream's choice of crops. Pure logic, deterministic: equal calls give equal crops. Crops are
/// squares or rectangles of the network's shape, at the source's own resolution or as much coarser
/// as it takes to hold several objects, but at least twice as fine as the whole frame was seen.
class Refiner {
  public:
    /// `input` is the network's.
    Refiner(const RefineOptions& options, Size input) : options_(options), input_(input) {}

    /// Crops of a frame, at most the budget, inside of it: around tracks that nothing was found
    /// for, detections that are uncertain, and what is small (32 px at network scale). Objects that
    /// were left out for long go before others. `tracks` are those of an earlier frame of the
    /// stream, predicted by `elapsed`, the time since.
    std::vector<Box> plan(Size frame, std::span<const Detection> found,
                          std::span<const Track> tracks, Timestamp elapsed);

    /// Puts what was seen in the crops (boxes in pixels of the crop) in the place of what was found
    /// in the same places of the whole frame, and leaves out what is too weak.
    void merge(Size frame, std::span<const Box> crops, std::span<const std::vector<Detection>> seen,
               std::vector<Detection>& found) const;

  private:
    /// Something that a closer look may help.
    struct Target {
        Box around;  ///< what a crop must hold to judge it
        double weight;
        std::int64_t track;  ///< 0: none
        bool covered = false;
    };

    std::vector<Target> targets(Size frame, double scale, std::span<const Detection> found,
                                std::span<const Track> tracks, Timestamp elapsed) const;
    Box best_crop(Size frame, double scale, std::span<const Target> wanted) const;

    const RefineOptions options_;
    const Size input_;
    std::uint64_t frame_ = 0;                       ///< calls of plan()
    std::map<std::int64_t, std::uint64_t> looked_;  ///< by track: when it was last in a crop
};

}  // namespace saccade::pipeline
