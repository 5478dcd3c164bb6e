#include "vision/nms.h"

#include <algorithm>
#include <bit>

namespace saccade::vision {

bool Nms::Kept::cover(const Box& box, float iou) const {
    constexpr std::size_t lanes = 16;  // compared before asking whether any covered the box
    const float own = box.area();
    const std::size_t count = x1.size();
    for (std::size_t i = 0; i < count; i += lanes) {
        const std::size_t end = std::min(i + lanes, count);
        int covered = 0;
        for (std::size_t k = i; k < end; ++k) {
            const float w = std::min(box.x2, x2[k]) - std::max(box.x1, x1[k]);
            const float h = std::min(box.y2, y2[k]) - std::max(box.y1, y1[k]);
            const float inter = std::max(w, 0.0F) * std::max(h, 0.0F);
            covered |= static_cast<int>(inter > iou * (own + area[k] - inter));
        }
        if (covered != 0) return true;
    }
    return false;
}

void Nms::Kept::add(const Box& box) {
    x1.push_back(box.x1);
    y1.push_back(box.y1);
    x2.push_back(box.x2);
    y2.push_back(box.y2);
    area.push_back(box.area());
}

void Nms::Kept::clear() {
    for (auto* values : {&x1, &y1, &x2, &y2, &area}) values->clear();
}

void Nms::run(std::span<const Candidate> candidates, std::vector<Candidate>& kept) {
    kept.clear();
    heap_.clear();
    for (auto& survivors : by_class_) survivors.clear();
    const auto lower = [](const Rank& a, const Rank& b) { return a.key < b.key; };
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        // The bits of floats that are not negative are ordered as the floats are.
        const std::uint64_t score = std::bit_cast<std::uint32_t>(candidates[i].score);
        heap_.push_back(
            {score << 32 | (~candidates[i].order & 0xffffffffU), static_cast<std::uint32_t>(i)});
    }
    // A heap, because the limit on detections is mostly met long before all are in order.
    std::make_heap(heap_.begin(), heap_.end(), lower);
    auto end = heap_.end();
    for (int seen = 0; end != heap_.begin() && seen < options_.max_candidates; ++seen) {
        if (kept.size() >= static_cast<std::size_t>(std::max(options_.max_detections, 0))) break;
        std::pop_heap(heap_.begin(), end, lower);
        const Candidate& best = candidates[(--end)->index];
        if (options_.iou < 1) {
            const auto class_id = static_cast<std::size_t>(best.class_id);
            if (class_id >= by_class_.size()) by_class_.resize(class_id + 1);
            if (by_class_[class_id].cover(best.box, options_.iou)) continue;
            by_class_[class_id].add(best.box);
        }
        kept.push_back(best);
    }
}

}  // namespace saccade::vision
