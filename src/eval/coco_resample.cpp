#include "eval/coco_resample.h"

#include <algorithm>
#include <numeric>

namespace saccade::eval {
namespace {

/// SplitMix64 (G. Steele et al., 2014): standard distributions differ from library to library.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

  private:
    std::uint64_t state_;
};

}  // namespace

double average_precision(const CocoByImage& judged, std::span<const std::uint32_t> times) {
    double sum = 0;
    std::size_t categories = 0;
    std::vector<JudgedDetection> found;
    for (const auto& category : judged.categories) {
        std::size_t objects = 0;
        for (std::size_t image = 0; image < category.objects.size(); ++image) {
            objects += category.objects[image] * times[image];
        }
        if (objects == 0) continue;
        found.clear();
        for (const auto& one : category.found)
            found.insert(found.end(), times[one.image], one.judged);
        const CocoCurve curve = coco_curve(found, objects, judged.max_detections);
        sum +=
            std::accumulate(curve.precision.begin(), curve.precision.end(), 0.0) / coco_thresholds;
        ++categories;
    }
    return categories == 0 ? -1 : sum / static_cast<double>(categories);
}

Interval paired_bootstrap(const CocoByImage& a, const CocoByImage& b, std::size_t samples,
                          std::uint64_t seed) {
    if (a.images == 0 || a.images != b.images || samples == 0) return {};
    Random random(seed);
    std::vector<double> differences;
    std::vector<std::uint32_t> times(a.images);
    for (std::size_t s = 0; s < samples; ++s) {
        std::fill(times.begin(), times.end(), 0U);
        for (std::size_t i = 0; i < a.images; ++i) ++times[random.next() % a.images];
        differences.push_back(average_precision(b, times) - average_precision(a, times));
    }
    std::sort(differences.begin(), differences.end());
    const auto at = [&](double share) {
        return differences[static_cast<std::size_t>(share * static_cast<double>(samples - 1))];
    };
    return {at(0.025), at(0.975)};
}

}  // namespace saccade::eval
