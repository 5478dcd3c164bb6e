#include "eval/coco_evaluator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace saccade::eval {
namespace {

// The areas of COCO: all, small, medium, large.
constexpr double huge = 1e5 * 1e5;
constexpr std::array<AreaRange, 4> ranges{
    {{0, huge}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, huge}}};

double mean(const std::array<double, coco_thresholds>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / coco_thresholds;
}

// The mean over categories that have objects, -1 if none does.
class Mean {
  public:
    void add(double value) noexcept {
        sum_ += value;
        ++count_;
    }
    [[nodiscard]] double value() const noexcept {
        return count_ == 0 ? -1.0 : sum_ / static_cast<double>(count_);
    }

  private:
    double sum_ = 0;
    std::size_t count_ = 0;
};

struct Means {
    Mean ap50, ap75;
    std::array<Mean, 4> ap, recall;       // by area, at the last max_detections
    std::array<Mean, 2> recall_of_fewer;  // at the others, all areas
};

}  // namespace

CocoEvaluator::CocoEvaluator(const CocoDataset& dataset, const CocoOptions& options)
    : dataset_(&dataset), options_(options) {
    for (const CocoImage& image : dataset.images) image_ids_.push_back(image.id);
    for (const CocoCategory& c : dataset.categories) category_ids_.push_back(c.id);
    std::sort(image_ids_.begin(), image_ids_.end());
    std::sort(category_ids_.begin(), category_ids_.end());
    for (std::size_t i = 0; i < image_ids_.size(); ++i) image_at_[image_ids_[i]] = i;
    for (std::size_t i = 0; i < category_ids_.size(); ++i) category_at_[category_ids_[i]] = i;
    added_.resize(image_ids_.size());
    cells_.resize(category_ids_.size());
    for (const CocoAnnotation& a : dataset.annotations) {
        cells_[category_at_.at(a.category_id)][image_at_.at(a.image_id)].truth.push_back(&a);
    }
}

Result<CocoEvaluator> CocoEvaluator::create(const CocoDataset& dataset,
                                            const CocoOptions& options) {
    const auto& most = options.max_detections;
    if (most[0] < 1 || most[1] < most[0] || most[2] < most[1]) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("max_detections {}, {}, {}", most[0], most[1], most[2]),
                    "give three positive, ascending numbers");
    }
    return CocoEvaluator(dataset, options);
}

Result<void> CocoEvaluator::add(std::int64_t image_id, std::span<const Detection> detections,
                                std::span<const std::optional<std::int64_t>> category_of_class) {
    const auto image = image_at_.find(image_id);
    if (image == image_at_.end()) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("the data set has no image {}", image_id));
    }
    if (added_[image->second]) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("image {} was added before", image_id));
    }
    for (const Detection& d : detections) {
        if (d.class_id < 0 || static_cast<std::size_t>(d.class_id) >= category_of_class.size()) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("image {}: class {} of {}", image_id, d.class_id,
                                    category_of_class.size()));
        }
        if (!std::isfinite(d.box.x1) || !std::isfinite(d.box.y1) || !std::isfinite(d.box.x2) ||
            !std::isfinite(d.box.y2) || !std::isfinite(d.score)) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("image {}: a detection that is not finite", image_id));
        }
        const auto category = category_of_class[static_cast<std::size_t>(d.class_id)];
        if (category && !category_at_.contains(*category)) {
            return fail(ErrorCode::invalid_argument,
                        fmt::format("the data set has no category {}", *category));
        }
    }
    added_[image->second] = true;
    for (const Detection& d : detections) {
        const auto category = category_of_class[static_cast<std::size_t>(d.class_id)];
        if (!category) continue;
        const double x = d.box.x1, y = d.box.y1;
        cells_[category_at_.at(*category)][image->second].found.push_back(
            {x, y, d.box.x2 - x, d.box.y2 - y, d.score});
        ++detections_;
    }
    return {};
}

CocoSummary CocoEvaluator::summary() const {
    const auto by_score = [](const auto& a, const auto& b) { return a.score > b.score; };
    const auto most = static_cast<std::size_t>(options_.max_detections.back());
    Means means;
    CocoSummary summary;
    for (std::size_t k = 0; k < category_ids_.size(); ++k) {
        std::array<std::vector<JudgedDetection>, ranges.size()> judged;
        std::array<std::size_t, ranges.size()> objects{};
        for (const auto& [image, cell] : cells_[k]) {
            if (options_.only_added_images && !added_[image]) continue;
            std::vector<ScoredBox> found = cell.found;
            std::stable_sort(found.begin(), found.end(), by_score);
            if (found.size() > most) found.resize(most);
            const auto overlaps = coco_overlaps(found, cell.truth);
            for (std::size_t a = 0; a < ranges.size(); ++a) {
                objects[a] += judge_image(found, cell.truth, overlaps, ranges[a], judged[a]);
            }
        }
        CocoCategoryScore score;
        score.id = category_ids_[k];
        score.name = std::find_if(dataset_->categories.begin(), dataset_->categories.end(),
                                  [&](const CocoCategory& c) { return c.id == score.id; })
                         ->name;
        score.objects = objects[0];
        for (std::size_t a = 0; a < ranges.size(); ++a) {
            if (objects[a] == 0) continue;
            std::stable_sort(judged[a].begin(), judged[a].end(), by_score);
            const CocoCurve curve = coco_curve(judged[a], objects[a], most);
            means.ap[a].add(mean(curve.precision));
            means.recall[a].add(mean(curve.recall));
            if (a != 0) continue;
            score.ap = mean(curve.precision);
            score.ap50 = curve.precision[0];
            score.ap75 = curve.precision[5];
            score.recall = mean(curve.recall);
            means.ap50.add(score.ap50);
            means.ap75.add(score.ap75);
            for (std::size_t m = 0; m < means.recall_of_fewer.size(); ++m) {
                const auto fewer = static_cast<std::size_t>(options_.max_detections[m]);
                means.recall_of_fewer[m].add(mean(coco_curve(judged[a], objects[a], fewer).recall));
            }
        }
        summary.categories.push_back(std::move(score));
    }
    summary.ap = means.ap[0].value();
    summary.ap50 = means.ap50.value();
    summary.ap75 = means.ap75.value();
    summary.ap_small = means.ap[1].value();
    summary.ap_medium = means.ap[2].value();
    summary.ap_large = means.ap[3].value();
    summary.recall = {means.recall_of_fewer[0].value(), means.recall_of_fewer[1].value(),
                      means.recall[0].value()};
    summary.recall_small = means.recall[1].value();
    summary.recall_medium = means.recall[2].value();
    summary.recall_large = means.recall[3].value();
    summary.images = options_.only_added_images
                         ? static_cast<std::size_t>(std::count(added_.begin(), added_.end(), true))
                         : image_ids_.size();
    summary.detections = detections_;
    return summary;
}

CocoByImage CocoEvaluator::by_image() const {
    const auto by_score = [](const auto& a, const auto& b) { return a.score > b.score; };
    CocoByImage out{.images = image_ids_.size(),
                    .max_detections = static_cast<std::size_t>(options_.max_detections.back()),
                    .categories = {}};
    for (const auto& cells : cells_) {
        auto& category = out.categories.emplace_back();
        category.objects.resize(out.images);
        for (const auto& [image, cell] : cells) {
            if (options_.only_added_images && !added_[image]) continue;
            std::vector<ScoredBox> found = cell.found;
            std::stable_sort(found.begin(), found.end(), by_score);
            if (found.size() > out.max_detections) found.resize(out.max_detections);
            std::vector<JudgedDetection> judged;
            category.objects[image] =
                judge_image(found, cell.truth, coco_overlaps(found, cell.truth), ranges[0], judged);
            for (const auto& one : judged) category.found.push_back({image, one});
        }
        std::stable_sort(
            category.found.begin(), category.found.end(),
            [](const auto& a, const auto& b) { return a.judged.score > b.judged.score; });
    }
    return out;
}

}  // namespace saccade::eval
