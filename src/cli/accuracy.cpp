#include "cli/accuracy.h"

#include <deque>
#include <utility>
#include <variant>

#include "media/source.h"

namespace saccade::cli {
namespace {

namespace fs = std::filesystem;

Result<Frame> read_image(const fs::path& path) {
    auto source = media::open_source(path.string(), {});
    if (!source) return fail(source.error());
    auto event = (*source)->read();
    if (!event) return fail(event.error());
    if (auto* frame = std::get_if<Frame>(&*event)) return std::move(*frame);
    return fail(ErrorCode::corrupt, path.string() + ": holds no picture");
}

}  // namespace

Settings accuracy_settings(Settings settings, bool confidence_chosen) {
    if (!confidence_chosen) settings.confidence = 0.001F;
    settings.multi_label = true;
    return settings;
}

fs::path images_beside(const std::string& annotations) {
    return fs::path(annotations).parent_path() / "images";
}

Result<eval::CocoEvaluator> detect_data_set(const eval::CocoDataset& dataset, const fs::path& images,
                                            detect::Detector& detector, const std::stop_token& stop) {
    auto evaluator = eval::CocoEvaluator::create(dataset);
    if (!evaluator) return fail(evaluator.error());
    const auto categories = dataset.categories_named(detector.info().class_names);
    std::deque<std::int64_t> under_way;
    const auto collect = [&]() -> Result<void> {
        auto found = detector.collect();
        if (!found) return fail(found.error());
        const std::int64_t id = under_way.front();
        under_way.pop_front();
        return evaluator->add(id, found->front(), categories);
    };
    for (const eval::CocoImage& image : dataset.images) {
        if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        const auto frame = read_image(images / image.file_name);
        if (!frame) return fail(frame.error());
        if (detector.in_flight() == detector.depth()) {
            if (auto done = collect(); !done) return fail(done.error());
        }
        if (auto started = detector.submit({&*frame, 1}); !started) return fail(started.error());
        under_way.push_back(image.id);
    }
    while (!under_way.empty()) {
        if (auto done = collect(); !done) return fail(done.error());
    }
    return evaluator;
}

Result<eval::CocoSummary> measure_accuracy(const eval::CocoDataset& dataset, const fs::path& images,
                                           detect::Detector& detector, const std::stop_token& stop) {
    const auto evaluator = detect_data_set(dataset, images, detector, stop);
    if (!evaluator) return fail(evaluator.error());
    return evaluator->summary();
}

}  // namespace saccade::cli
