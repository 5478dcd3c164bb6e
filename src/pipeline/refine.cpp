#include "pipeline/refine.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace saccade::pipeline {
namespace {

constexpr double small_side = 32;         // px at network scale: side of a square of equal area
constexpr float sure_score = 0.5F;        // a score that needs no second look
constexpr std::size_t most_targets = 32;  // the most that are weighed against each other
constexpr double coarsest = 0.5;          // of a crop's scale the frame's is, at most

// What a look is worth. Objects that are missing or in doubt change tracks, small ones only boxes.
constexpr double missing_worth = 1.0, doubtful_worth = 0.8, faintest_worth = 0.5, tiny_worth = 0.15;
constexpr double impatience = 0.25;  // added, of the weight, for each frame a track was left out
constexpr std::uint64_t forgotten_after = 300;  // frames after which a track is taken for gone

double scale_of(Size input, double width, double height) {
    return std::min(input.width / width, input.height / height);
}

float overlap_of_smaller(const Box& a, const Box& b) {
    const float w = std::min(a.x2, b.x2) - std::max(a.x1, b.x1);
    const float h = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
    const float least = std::min(a.area(), b.area());
    return w > 0 && h > 0 && least > 0 ? w * h / least : 0;
}

/// Two boxes of one object, one of them perhaps of a part of it.
bool same_object(const Detection& a, const Detection& b) {
    if (a.class_id != b.class_id) return false;
    if (iou(a.box, b.box) > 0.5F) return true;
    const float ratio = std::min(a.box.area(), b.box.area()) /
                        std::max(std::max(a.box.area(), b.box.area()), 1e-6F);
    return ratio > 0.4F && overlap_of_smaller(a.box, b.box) > 0.8F;
}

bool better(const Detection& a, const Detection& b) {
    return a.score > b.score;
}

bool inside(const Box& inner, const Box& outer) {
    return inner.x1 >= outer.x1 && inner.y1 >= outer.y1 && inner.x2 <= outer.x2 &&
           inner.y2 <= outer.y2;
}

/// A crop's edge that is not the frame's may cut objects.
bool is_cut(const Box& box, const Box& crop, Size frame) {
    const float near = std::max(2.0F, 0.01F * crop.width());
    return (crop.x1 > 0 && box.x1 < crop.x1 + near) || (crop.y1 > 0 && box.y1 < crop.y1 + near) ||
           (crop.x2 < static_cast<float>(frame.width) && box.x2 > crop.x2 - near) ||
           (crop.y2 < static_cast<float>(frame.height) && box.y2 > crop.y2 - near);
}

/// A window of this size as near to the corner as the frame lets it, on pixels that every chroma
/// format and GPU likes.
Box window(double x, double y, Size size, Size frame) {
    constexpr int alignment = 16;
    const auto place = [](double at, int length, int all) {
        const int most = std::max(0, all - length);
        const int aligned = static_cast<int>(std::floor(at / alignment)) * alignment;
        return std::clamp(aligned, 0, most / 2 * 2);
    };
    const int left = place(x, size.width, frame.width), top = place(y, size.height, frame.height);
    return {static_cast<float>(left), static_cast<float>(top),
            static_cast<float>(std::min(left + size.width, frame.width)),
            static_cast<float>(std::min(top + size.height, frame.height))};
}

/// What must be in the crop to judge the object: some of what is around it.
Box with_context(const Box& box, Size frame) {
    const float x = 0.15F * box.width() + 8, y = 0.15F * box.height() + 8;
    return Box{box.x1 - x, box.y1 - y, box.x2 + x, box.y2 + y}.clipped(
        static_cast<float>(frame.width), static_cast<float>(frame.height));
}

}  // namespace

std::vector<Refiner::Target> Refiner::targets(Size frame, double scale,
                                              std::span<const Detection> found,
                                              std::span<const Track> tracks,
                                              Timestamp elapsed) const {
    std::vector<Target> targets;
    std::vector<std::int64_t> owner(found.size(), 0);  // track of a detection
    const auto dt = static_cast<float>(seconds(elapsed));
    for (const Track& track : tracks) {
        const float dx = track.velocity_x * dt, dy = track.velocity_y * dt;
        const Box box{track.box.x1 + dx, track.box.y1 + dy, track.box.x2 + dx, track.box.y2 + dy};
        bool sure = false;
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (found[i].class_id != track.class_id || iou(found[i].box, box) < 0.3F) continue;
            if (owner[i] == 0) owner[i] = track.id;
            sure = sure || found[i].score >= options_.confidence;
        }
        if (!sure && track.state != TrackState::tentative) {
            targets.push_back({with_context(box, frame), missing_worth, track.id});
        }
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
        const double side = std::sqrt(static_cast<double>(found[i].box.area())) * scale;
        const bool small = side < small_side, sure = found[i].score >= sure_score;
        if (sure && !small) continue;
        double weight = small ? tiny_worth : 0;
        if (!sure) {
            const double doubt = found[i].score < options_.confidence
                                     ? faintest_worth * found[i].score / options_.confidence
                                     : doubtful_worth;
            weight = std::max(weight, doubt);
        }
        targets.push_back({with_context(found[i].box, frame), weight, owner[i]});
    }
    for (Target& target : targets) {
        if (target.track == 0) continue;
        const auto last = looked_.find(target.track);
        const std::uint64_t out = last != looked_.end() ? frame_ - last->second : 1;
        target.weight *= 1 + impatience * static_cast<double>(out - 1);
    }
    std::stable_sort(targets.begin(), targets.end(),
                     [](const Target& a, const Target& b) { return a.weight > b.weight; });
    if (targets.size() > most_targets) targets.resize(most_targets);
    return targets;
}

/// The window that gains most; empty where none gains anything. Windows can be moved until objects
/// touch their left and upper edges without losing any: only those are tried.
Box Refiner::best_crop(Size frame, double scale, std::span<const Target> wanted) const {
    Box best;
    double best_gain = 0;
    for (const double zoom : {1.0, 1.5, 2.0, 3.0, 4.0}) {
        if (zoom * scale > coarsest) break;
        const Size size{static_cast<int>(input_.width * zoom),
                        static_cast<int>(input_.height * zoom)};
        const double finer = 1 - zoom * scale;  // more detail is better, the sooner the more
        for (const Target& left : wanted) {
            for (const Target& top : wanted) {
                if (left.covered || top.covered) continue;
                const Box crop = window(left.around.x1, top.around.y1, size, frame);
                double gain = 0;
                for (const Target& target : wanted) {
                    if (!target.covered && inside(target.around, crop)) gain += target.weight;
                }
                gain *= finer;
                if (gain <= best_gain) continue;
                best_gain = gain;
                best = crop;
            }
        }
    }
    return best;
}

std::vector<Box> Refiner::plan(Size frame, std::span<const Detection> found,
                               std::span<const Track> tracks, Timestamp elapsed) {
    ++frame_;
    const double scale = scale_of(input_, frame.width, frame.height);
    std::vector<Box> crops;
    if (scale > coarsest) return crops;  // the whole frame is as fine already
    std::vector<Target> wanted = targets(frame, scale, found, tracks, elapsed);
    for (const Target& target : wanted) {
        if (target.track != 0) looked_.try_emplace(target.track, frame_ - 1);  // waits from now on
    }
    for (int i = 0; i < options_.budget; ++i) {
        const Box crop = best_crop(frame, scale, wanted);
        if (!(crop.area() > 0)) break;
        crops.push_back(crop);
        for (Target& target : wanted) {
            if (!inside(target.around, crop)) continue;
            target.covered = true;
            if (target.track != 0) looked_[target.track] = frame_;
        }
    }
    std::erase_if(looked_,
                  [this](const auto& entry) { return frame_ - entry.second > forgotten_after; });
    return crops;
}

void Refiner::merge(Size frame, std::span<const Box> crops,
                    std::span<const std::vector<Detection>> seen,
                    std::vector<Detection>& found) const {
    std::vector<Detection> closer;
    for (std::size_t i = 0; i < crops.size(); ++i) {
        for (Detection detection : seen[i]) {
            if (detection.score < options_.confidence) continue;
            Box& box = detection.box;
            box = {box.x1 + crops[i].x1, box.y1 + crops[i].y1, box.x2 + crops[i].x1,
                   box.y2 + crops[i].y1};
            if (!is_cut(box, crops[i], frame)) closer.push_back(detection);
        }
    }
    std::stable_sort(closer.begin(), closer.end(), better);
    std::vector<Detection> kept;
    for (const Detection& detection : closer) {
        const bool twice = std::any_of(kept.begin(), kept.end(), [&](const Detection& other) {
            return same_object(detection, other);
        });
        if (!twice) kept.push_back(detection);
    }
    const std::size_t refined = kept.size();
    for (const Detection& detection : found) {
        if (detection.score < options_.confidence) continue;
        const bool replaced =
            std::any_of(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(refined),
                        [&](const Detection& other) { return same_object(detection, other); });
        if (!replaced) kept.push_back(detection);
    }
    std::stable_sort(kept.begin(), kept.end(), better);
    if (kept.size() > static_cast<std::size_t>(options_.max_detections)) {
        kept.resize(static_cast<std::size_t>(options_.max_detections));
    }
    found = std::move(kept);
}

}  // namespace saccade::pipeline
