#include "bind/parts.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "bench/accuracy.h"
#include "cli/program.h"
#include "cuda/environment.h"
#include "engine/model_store.h"
#include "engine/setup.h"
#include "eval/mot_evaluation.h"
#include "media/image_names.h"
#include "media/names.h"
#include "sink/jsonl_text.h"
#include "track/zones.h"

namespace saccade::bind {
namespace {

Result<std::string> counts_json(const eval::EvalOptions& options, const EvalWords& words) {
    eval::CountOptions counts{.places = {},
                              .random_lines = words.random_lines,
                              .random_zones = words.random_zones,
                              .seed = words.seed};
    for (const std::string& text : words.lines) {
        auto line = track::parse_line(text);
        if (line) line = track::in_pixels(std::move(*line), nullptr);
        if (!line) return fail(line.error());
        counts.places.lines.push_back(std::move(*line));
    }
    for (const std::string& text : words.zones) {
        auto zone = track::parse_zone(text);
        if (zone) zone = track::in_pixels(std::move(*zone), nullptr);
        if (!zone) return fail(zone.error());
        counts.places.zones.push_back(std::move(*zone));
    }
    const auto report = eval::evaluate_mot_counts(options, counts);
    if (!report) return fail(report.error());
    return format_json(*report);
}

}  // namespace

std::vector<track::TrackerDescription> trackers() {
    return track::trackers();
}

Result<std::unique_ptr<track::Tracker>> make_tracker(const std::string& name,
                                                     const track::TrackerOptions& options) {
    return track::make_tracker(name, options);
}

class Images {
  public:
    explicit Images(const std::vector<std::string>& paths)
        : paths_(paths.begin(), paths.end()), names_(paths) {}

    /// Null where a result's picture is none of them: it came into the folder after this was made.
    [[nodiscard]] const media::ImageNames* of(const FrameResult& result) const {
        const bool known = result.file != nullptr && paths_.contains(*result.file);
        return known ? &names_ : nullptr;
    }

  private:
    std::set<std::string> paths_;
    media::ImageNames names_;
};

std::shared_ptr<const Images> images_of(const std::string& source) {
    std::error_code ignored;
    const auto status = std::filesystem::status(source, ignored);
    Result<std::vector<std::string>> files = std::vector<std::string>{};
    if (std::filesystem::is_directory(status)) {
        files = media::list_folder(source);
    } else if (std::filesystem::is_regular_file(status)) {
        files->push_back(source);
    } else if (media::url_scheme(source).empty() && media::is_pattern(source)) {
        files = media::match_files(source);
    }
    if (!files) return nullptr;  // (the stream says why)
    std::erase_if(*files, [](const std::string& file) { return !media::is_image_name(file); });
    return files->empty() ? nullptr : std::make_shared<const Images>(*files);
}

std::string frame_json(const FrameResult& result, const Images* images) {
    fmt::memory_buffer text;
    sink::append_frame_json(result, images == nullptr ? nullptr : images->of(result), text);
    return fmt::to_string(text);
}

Result<std::string> eval_json(const EvalWords& words) {
    static const std::map<std::string, eval::MotBenchmark> benchmarks = {
        {"mot15", eval::MotBenchmark::mot15},
        {"mot16", eval::MotBenchmark::mot17},
        {"mot17", eval::MotBenchmark::mot17},
        {"mot20", eval::MotBenchmark::mot20}};
    eval::EvalOptions options{.truth = words.truth,
                              .tracks = words.tracks,
                              .sequences = words.sequences,
                              .benchmark = std::nullopt};
    if (!words.benchmark.empty()) {
        const auto found = benchmarks.find(words.benchmark);
        if (found == benchmarks.end()) {
            return fail(ErrorCode::invalid_argument,
                        "benchmark: '" + words.benchmark + "' is unknown",
                        "use mot15, mot16, mot17 or mot20");
        }
        options.benchmark = found->second;
    }
    if (words.counts) return counts_json(options, words);
    const auto report = eval::evaluate_mot(options);
    if (!report) return fail(report.error());
    return format_json(*report);
}

Result<std::string> val_json(const std::string& annotations, const std::string& images,
                             const std::vector<Given>& given) {
    prepare_process();
    auto settings = session_settings(given);
    if (!settings) return fail(settings.error());
    *settings = bench::accuracy_settings(std::move(*settings), is_given(given, "conf"));
    const auto dataset = eval::CocoDataset::load(annotations);
    if (!dataset) return fail(dataset.error());
    const auto detector = engine::open_detector(*settings, infer::Goal::throughput);
    if (!detector) return fail(detector.error());
    const auto accuracy = bench::measure_accuracy(
        *dataset,
        images.empty() ? bench::images_beside(annotations) : std::filesystem::path(images),
        **detector);
    if (!accuracy) return fail(accuracy.error());
    return bench::accuracy_json(*accuracy, (*detector)->info());
}

void prepare_process() {
    static std::once_flag once;
    std::call_once(once, [] { cuda::set_environment(engine::cache_dir({})); });
}

int program(int argc, char** argv) {
    return cli::program(argc, argv);
}

}  // namespace saccade::bind
