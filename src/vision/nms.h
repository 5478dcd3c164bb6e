// Non-maximum suppression: of boxes that cover the same object, the best.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vision/head.h"

namespace saccade::vision {

struct NmsOptions {
    float iou = 0.7F;  ///< a box is dropped if its IoU with a better one is above; from 1: none
    int max_detections = 300;    ///< kept at most
    int max_candidates = 30000;  ///< looked at, the best ones
};

/// Greedy, by descending score and then ascending `order`, each class for itself (Neubeck and Van
/// Gool 2006). The IoU test is inter > iou * union in floats without fused products, so every
/// implementation decides alike. One thread at a time; keeps its working memory.
class Nms {
  public:
    explicit Nms(const NmsOptions& options) : options_(options) {}

    /// Replaces `kept` by the survivors, best first. Scores finite and not negative; class ids not
    /// negative.
    void run(std::span<const Candidate> candidates, std::vector<Candidate>& kept);

  private:
    /// Survivors of one class, by component, so that a candidate is compared with several at once.
    struct Kept {
        std::vector<float> x1, y1, x2, y2, area;
        [[nodiscard]] bool cover(const Box& box, float iou) const;
        void add(const Box& box);
        void clear();
    };
    struct Rank {
        std::uint64_t key;    ///< grows with the score, then falls with the order
        std::uint32_t index;  ///< of the candidate
    };

    NmsOptions options_;
    std::vector<Rank> heap_;
    std::vector<Kept> by_class_;
};

}  // namespace saccade::vision
