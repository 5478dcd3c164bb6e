#include "bench/accuracy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <utility>
#include <variant>

#include "core/log.h"
#include "media/source.h"

namespace saccade::bench {
namespace {

namespace fs = std::filesystem;

Result<Frame> read_image(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) {
        return fail(ErrorCode::not_found, path.string() + ": no such image",
                    "name the folder of the images with --images");
    }
    auto source = media::open_source(path.string(), {});
    if (!source) return fail(source.error());
    auto event = (*source)->read();
    if (!event) return fail(event.error());
    if (auto* frame = std::get_if<Frame>(&*event)) return std::move(*frame);
    if (const auto* damage = std::get_if<media::Discontinuity>(&*event)) {
        return fail(ErrorCode::corrupt, damage->reason,
                    "copy it again, or take it out of the data set");
    }
    return fail(ErrorCode::corrupt, path.string() + ": holds no picture");
}

/// Whether `path` is, behind all links, a file below `folder` (which is canonical).
bool is_below(const fs::path& path, const fs::path& folder) {
    std::error_code error;
    const fs::path real = fs::canonical(path, error);
    if (error) return true;  // reading it tells what is wrong
    return std::mismatch(folder.begin(), folder.end(), real.begin(), real.end()).first ==
           folder.end();
}

std::string first_names(const std::vector<std::string>& names) {
    constexpr std::size_t most = 10;
    const std::size_t shown = std::min(names.size(), most);
    const auto end = names.begin() + static_cast<std::ptrdiff_t>(shown);
    std::string text = fmt::format("{}", fmt::join(names.begin(), end, ", "));
    if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

/// The data set's categories by the model's classes.
Result<eval::CategoryMatch> match_classes(const eval::CocoDataset& dataset,
                                          const detect::DetectorInfo& info) {
    auto match = dataset.match(info.class_names);
    if (match.without_class.empty()) return match;
    if (match.without_class.size() == dataset.categories.size()) {
        return fail(
            ErrorCode::invalid_argument,
            fmt::format("no category of the data set ({}) is a class of {} ({})",
                        first_names(match.without_class), info.model,
                        first_names(info.class_names)),
            "name the categories as the model does, or choose the model that was trained on them");
    }
    log::warning("{} of {} categories are no classes of {}, and count as never found: {}",
                 match.without_class.size(), dataset.categories.size(), info.model,
                 first_names(match.without_class));
    return match;
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

Result<DataSetRun> detect_data_set(const eval::CocoDataset& dataset, const fs::path& images,
                                   detect::Detector& detector, const std::stop_token& stop) {
    auto evaluator = eval::CocoEvaluator::create(dataset);
    if (!evaluator) return fail(evaluator.error());
    auto match = match_classes(dataset, detector.info());
    if (!match) return fail(match.error());
    std::error_code ignored;
    const fs::path folder = fs::canonical(images, ignored);
    bool outside_told = false;
    std::deque<std::int64_t> under_way;
    const auto collect = [&]() -> Result<void> {
        auto found = detector.collect();
        if (!found) return fail(found.error());
        const std::int64_t id = under_way.front();
        under_way.pop_front();
        return evaluator->add(id, found->front(), match->of_class);
    };
    for (const eval::CocoImage& image : dataset.images) {
        if (stop.stop_requested()) return fail(ErrorCode::interrupted, "interrupted");
        const fs::path path = images / image.file_name;
        if (!folder.empty() && !outside_told && !is_below(path, folder)) {
            log::warning("{} is a link that leads out of {}: images are read from elsewhere too",
                         path.string(), images.string());
            outside_told = true;
        }
        const auto frame = read_image(path);
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
    return DataSetRun{std::move(*evaluator), std::move(match->without_class)};
}

Result<Accuracy> measure_accuracy(const eval::CocoDataset& dataset, const fs::path& images,
                                  detect::Detector& detector, const std::stop_token& stop) {
    auto run = detect_data_set(dataset, images, detector, stop);
    if (!run) return fail(run.error());
    return Accuracy{run->judged.summary(), std::move(run->without_class)};
}

}  // namespace saccade::bench
