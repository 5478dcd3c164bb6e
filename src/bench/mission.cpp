#include "bench/mission.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "bench/mission_theirs.h"
#include "engine/model_store.h"
#include "engine/setup.h"
#include "eval/coco_dataset.h"
#include "profile/machine.h"

namespace saccade::bench {
namespace {

using profile::BenchRow;
using profile::MissionFigure;
using profile::MissionRow;
using profile::MissionTable;

constexpr double aim_fps = 100, aim_memory = 20;
constexpr int input_note = 640;  ///< of the mission's own measurements, px

std::optional<double> detail(const BenchRow& row, const char* name) {
    for (const profile::BenchDetail& d : row.details) {
        if (d.name == name) return d.value;
    }
    return std::nullopt;
}

std::optional<double> times(std::optional<double> value, double factor) {
    return value ? std::optional(*value * factor) : std::nullopt;
}

MissionFigure fps(std::optional<double> theirs, bool aim = false) {
    return {.name = "frames/s", .theirs = theirs, .ours = {}, .at_least = aim ? aim_fps : 0};
}
MissionFigure ms(const char* name, std::optional<double> theirs) {
    return {.name = name, .theirs = theirs, .ours = {}, .higher_is_better = false};
}
MissionFigure memory(std::optional<double> theirs) {
    return {.name = "GPU memory, GB",
            .theirs = theirs,
            .ours = {},
            .higher_is_better = false,
            .at_most = aim_memory};
}
MissionFigure map50(std::optional<double> theirs) {
    return {.name = "mAP50", .theirs = theirs, .ours = {}};
}
MissionFigure percent(const char* name, std::optional<double> theirs) {
    return {.name = name, .theirs = theirs, .ours = {}};
}

/// What went wrong says something of the machine or its files: the row is left out, and why. Other
/// failures end the run.
bool says_something(const Error& error) {
    switch (error.code) {
        case ErrorCode::invalid_argument:
        case ErrorCode::not_found:
        case ErrorCode::unsupported:
        case ErrorCode::out_of_memory:
        case ErrorCode::unavailable: return true;
        default: return false;
    }
}

class Mission {
  public:
    Mission(Bench& bench, const MissionOptions& options, const eval::CocoDataset* dataset)
        : bench_(bench),
          options_(options),
          dataset_(dataset),
          cores_(std::max(profile::describe_machine().cores, 1)) {}

    Result<std::vector<MissionTable>> run() {
        const auto device = device_of(bench_);
        if (!device) return fail(device.error());
        cuda_ = device->cuda;
        if (auto known = find_out_sizes(); !known) return fail(known.error());
        using Part = Result<void> (Mission::*)();
        for (const Part part :
             {&Mission::precision, &Mission::batches, &Mission::first_frame, &Mission::limits,
              &Mission::streams, &Mission::inputs, &Mission::models, &Mission::pipeline,
              &Mission::int8, &Mission::layers, &Mission::in_all}) {
            if (auto done = (this->*part)(); !done) return fail(done.error());
        }
        return std::move(tables_);
    }

  private:
    /// Whether the network runs at the mission's size, or at one of its own alone.
    Result<void> find_out_sizes() {
        Settings settings = bench_.settings;
        if (settings.image_size != 0) return {};
        settings.image_size = input_note;
        const auto detector = engine::open_detector(settings, infer::Goal::throughput);
        fixed_ = !detector && detector.error().code == ErrorCode::unsupported;
        if (!detector && !fixed_) return fail(detector.error());
        return {};
    }
    /// The settings at an input size, where the network has not one of its own.
    [[nodiscard]] Settings at_input(int side) const {
        Settings settings = bench_.settings;
        if (!fixed_) settings.image_size = side;
        return settings;
    }
    [[nodiscard]] std::string needs_size(int side) const {
        if (side == input_note) return {};
        return fixed_ ? "the network runs at its own input size alone" : needs_engine();
    }

    MissionTable& table(std::string title, std::string note = {}) {
        bench_.say("mission, " + title);
        return tables_.emplace_back(
            MissionTable{.title = std::move(title), .note = std::move(note), .rows = {}});
    }
    [[nodiscard]] bool gpu() const { return cuda_ >= 0; }
    /// Why a row that needs another engine than the settings' is left out; "" where it is not.
    [[nodiscard]] std::string needs_engine() const {
        if (!gpu() || options_.engines) return {};
        return "needs an engine of its own, some minutes to build; --engines allows that";
    }
    /// Measures into a row: `once` fills its figures.
    template <typename Once>
    Result<void> fill(MissionRow& row, const Once& once) {
        if (bench_.stop.stop_requested()) return fail_interrupted();
        if (!row.left_out.empty()) return {};
        const auto done = once();
        if (done) return {};
        if (!says_something(done.error())) return fail(done.error());
        row.left_out = done.error().line();
        return {};
    }
    static tl::unexpected<Error> fail_interrupted() {
        return fail(ErrorCode::interrupted, "interrupted");
    }
    static MissionFigure& figure(MissionRow& row, const char* name) {
        return *std::find_if(row.figures.begin(), row.figures.end(),
                             [&](const MissionFigure& f) { return f.name == name; });
    }
    void put_memory(MissionRow& row, const BenchRow& measured) const {
        if (gpu())
            figure(row, "GPU memory, GB").ours = times(detail(measured, "GPU memory, MB"), 1e-3);
    }

    /// One network by itself into a row with figures of these names.
    Result<void> network(MissionRow& row, const Settings& settings) {
        return fill(row, [&]() -> Result<void> {
            const auto measured = model_row(bench_, settings, dataset_);
            if (!measured) return fail(measured.error());
            for (MissionFigure& f : row.figures) {
                if (f.name == "frames/s") f.ours = measured->spread().median;
                if (f.name == "one frame, ms") f.ours = detail(*measured, "one frame p50, ms");
                if (f.name == "file, MB") f.ours = detail(*measured, "file, MB");
                if (f.name == "mAP50") f.ours = times(detail(*measured, "mAP50, %"), 0.01);
            }
            put_memory(row, *measured);
            return {};
        });
    }

    Result<void> precision() {
        MissionTable& t = table("Precision",
                                "File: of the ONNX model, which both precisions share here. mAP50 "
                                "compares only within its column: theirs is of another data set.");
        for (const theirs::Precision& p : theirs::precisions) {
            MissionRow row{.name = p.name,
                           .figures = {ms("one frame, ms", p.ms), fps({}),
                                       ms("file, MB", p.file_mb), memory(p.gb), map50(p.map50)},
                           .left_out = {}};
            Settings settings = bench_.settings;
            settings.precision = p.ours;
            if (p.ours == std::string("int8")) {
                settings.model = options_.int8;
                if (options_.int8.empty()) row.left_out = no_int8;
            }
            const bool own =
                settings.model == bench_.settings.model && gpu() &&
                (settings.precision == bench_.settings.precision ||
                 (settings.precision == "fp16" && bench_.settings.precision == "auto"));
            if (row.left_out.empty() && !own) row.left_out = needs_engine();
            if (auto done = network(row, settings); !done) return done;
            t.rows.push_back(std::move(row));
        }
        return {};
    }

    Result<void> batches() {
        MissionTable& t = table("Batch", "1080p frames in memory at the network's input size.");
        Bench bench = bench_;
        if (bench.batches.empty()) {
            bench.batches = gpu() ? std::vector{1, 2, 4, 8, 16, 32} : std::vector{1, 2, 4, 8};
        }
        const auto measured = run_detector(bench);
        if (!measured) return fail(measured.error());
        for (const theirs::Batch& b : theirs::batches) {
            MissionRow row{.name = fmt::format("batch {}", b.size),
                           .figures = {fps(b.fps), percent("GPU busy, %", b.busy), memory(b.gb),
                                       ms("ms a frame", b.ms)},
                           .left_out = {}};
            const auto found = std::find_if(measured->begin(), measured->end(),
                                            [&](const BenchRow& r) { return r.name == row.name; });
            if (found == measured->end()) {
                row.left_out =
                    "not among --batches (" +
                    std::string(gpu() ? "or the network's own batch is fixed)"
                                      : "a CPU gains nothing from large ones), or fixed");
            } else {
                const double rate = found->spread().median;
                figure(row, "frames/s").ours = rate;
                figure(row, "ms a frame").ours = 1e3 / rate;
                figure(row, "GPU busy, %").ours = detail(*found, "GPU busy, %");
                put_memory(row, *found);
            }
            t.rows.push_back(std::move(row));
        }
        return {};
    }

    Result<void> first_frame() {
        MissionTable& t = table("First frame", "Ours: detected, the network already loaded.");
        const auto measured = first_frame_rows(bench_, bench_.settings, cuda_);
        if (!measured) return fail(measured.error());
        for (std::size_t i = 0; i < measured->size(); ++i) {
            MissionRow row{.name = (*measured)[i].name,
                           .figures = {ms("ms", theirs::first_frame_ms[i])},
                           .left_out = {}};
            row.figures[0].ours = (*measured)[i].spread().median;
            t.rows.push_back(std::move(row));
        }
        return {};
    }

    Result<void> limits() {
        MissionTable& t = table("Memory and its limit", "1080p, one file to tracks.");
        for (const theirs::Limit& l : theirs::limits) {
            MissionRow row{.name = fmt::format("limit {}", l.limit),
                           .figures = {memory(l.gb), fps({})},
                           .left_out = gpu() ? "" : "no GPU is here whose memory could be limited"};
            figure(row, "GPU memory, GB").at_most = l.at_most;
            Settings settings = bench_.settings;
            settings.vram_limit = l.limit;
            const auto done = whole(row, settings, 0, 0, 1);
            if (!done) return done;
            t.rows.push_back(std::move(row));
        }
        return {};
    }

    /// File to tracks, the clip scaled to a size (0: as it is), into a row.
    Result<void> whole(MissionRow& row, const Settings& settings, int width, int height,
                       std::size_t streams) {
        return fill(row, [&]() -> Result<void> {
            const std::size_t frames = std::max<std::size_t>(bench_.frames / streams, 1);
            const auto source =
                width > 0 ? scaled_clip(bench_, width, height, frames) : clip_of(bench_, frames);
            if (!source) return fail(source.error());
            const auto measured = whole_run_row(bench_, settings, *source, streams);
            if (!measured) return fail(measured.error());
            for (MissionFigure& f : row.figures) {
                if (f.name == "frames/s") f.ours = measured->spread().median;
                if (f.name == "GPU busy, %") f.ours = detail(*measured, "GPU busy, %");
                if (f.name == "latency, ms") f.ours = detail(*measured, "latency p50, ms");
                if (f.name == "CPU busy, %") {
                    f.ours = times(detail(*measured, "cores busy"), 100.0 / cores_);
                }
                if (f.name == "GPU memory, GB") put_memory(row, *measured);
            }
            return {};
        });
    }

    Result<void> streams() {
        MissionTable& t =
            table("Streams of 8K", "Ours: HEVC by our own encoder, a file to tracks.");
        for (const theirs::Streams& s : theirs::streams) {
            MissionRow row{.name = fmt::format("{} stream{}", s.count, s.count == 1 ? "" : "s"),
                           .figures = {fps(s.fps), percent("GPU busy, %", s.busy), memory(s.gb)},
                           .left_out = {}};
            auto done =
                whole(row, at_input(input_note), 7680, 4320, static_cast<std::size_t>(s.count));
            if (!done) return done;
            t.rows.push_back(std::move(row));
        }
        return {};
    }

    Result<void> inputs() {
        MissionTable& t = table("Input size", "File to tracks.");
        for (const theirs::Input& i : theirs::inputs) {
            MissionRow row{.name = fmt::format("{} at {}", i.name, i.side),
                           .figures = {fps(i.fps, i.height == 1080), map50(i.map50)},
                           .left_out = needs_size(i.side)};
            const Settings settings = at_input(i.side);
            const bool clip = i.height == 1080;  // the clip itself
            if (auto done = whole(row, settings, clip ? 0 : i.width, clip ? 0 : i.height, 1);
                !done) {
                return done;
            }
            auto judged = fill(row, [&]() -> Result<void> {
                if (dataset_ == nullptr) return {};
                const auto accuracy = model_accuracy(bench_, settings, *dataset_);
                if (!accuracy) return fail(accuracy.error());
                figure(row, "mAP50").ours = accuracy->ap50;
                return {};
            });
            if (!judged) return judged;
            t.rows.push_back(std::move(row));
        }
        return {};
    }

    Result<void> models() {
        MissionTable& t = table("Models", "Ours: detection alone, 1080p frames in memory.");
        const auto add = [&](const std::string& name, const theirs::Model* m) -> Result<void> {
            const auto of = [&](double theirs::Model::* field) {
                return m != nullptr ? std::optional(m->*field) : std::nullopt;
            };
            MissionRow row{.name = std::filesystem::path(name).stem().string(),
                           .figures = {fps(of(&theirs::Model::fps)),
                                       ms("one frame, ms", of(&theirs::Model::ms)),
                                       ms("file, MB", of(&theirs::Model::file_mb)), memory({}),
                                       map50(of(&theirs::Model::map50))},
                           .left_out = {}};
            Settings settings = bench_.settings;
            settings.model = name;
            if (const auto found = engine::locate_model(settings); !found) {
                row.left_out = found.error().line();
            } else if (name != bench_.settings.model) {
                row.left_out = needs_engine();
            }
            if (auto done = network(row, settings); !done) return done;
            t.rows.push_back(std::move(row));
            return {};
        };
        for (const theirs::Model& m : theirs::models) {
            if (auto done = add(m.name, &m); !done) return done;
        }
        for (const std::string& name : bench_.models) {
            const bool theirs = std::any_of(std::begin(theirs::models), std::end(theirs::models),
                                            [&](const theirs::Model& m) { return m.name == name; });
            if (theirs) continue;
            if (auto done = add(name, nullptr); !done) return done;
        }
        return {};
    }

    Result<void> pipeline() {
        MissionTable& t =
            table("Pipeline", "1080p, one file to tracks; first without any overlap.");
        MissionRow off{
            .name = "off: one frame after the other",
            .figures = {fps(105, true), percent("CPU busy, %", 85), percent("GPU busy, %", 94)},
            .left_out = {}};
        MissionRow on{.name = "on",
                      .figures = {fps(132, true), percent("CPU busy, %", 78),
                                  percent("GPU busy, %", 96), memory({}), ms("latency, ms", {})},
                      .left_out = {}};
        auto done = fill(off, [&]() -> Result<void> {
            const auto clip = clip_of(bench_, std::max<std::size_t>(bench_.frames / 4, 1));
            if (!clip) return fail(clip.error());
            BenchRow row;
            Usage usage({.cuda = cuda_});
            auto values = repeat(bench_, [&] {
                usage.begin();
                auto rate = run_sequential(bench_, *clip, cuda_);
                usage.end();
                return rate;
            });
            if (!values) return fail(values.error());
            row.values = std::move(*values);
            usage.put(row);
            figure(off, "frames/s").ours = row.spread().median;
            figure(off, "CPU busy, %").ours = times(detail(row, "cores busy"), 100.0 / cores_);
            figure(off, "GPU busy, %").ours = detail(row, "GPU busy, %");
            return {};
        });
        if (done) done = whole(on, bench_.settings, 0, 0, 1);
        if (!done) return done;
        whole_ = on;
        t.rows = {std::move(off), std::move(on)};
        return {};
    }

    Result<void> int8() {
        MissionTable& t = table("INT8", "What it loses is judged when it is made (docs/int8.md).");
        for (const MissionRow& row : tables_.front().rows) {
            if (row.name == std::string("INT8")) t.rows.push_back(row);
        }
        return {};
    }

    Result<void> layers() {
        MissionTable& t = table("Profile",
                                "The ten operations that take longest, one picture; by "
                                "the backend's own profiler, no other work beside.");
        MissionRow none{.name = "operations", .figures = {}, .left_out = {}};
        std::vector<profile::LayerTime> found;
        auto done = fill(none, [&]() -> Result<void> {
            auto timed = options_.layers(bench_.settings);
            if (!timed) return fail(timed.error());
            found = std::move(*timed);
            return {};
        });
        if (!done) return done;
        double all = 0;
        for (const profile::LayerTime& layer : found) all += layer.ms;
        for (const profile::LayerTime& layer : found) {
            if (t.rows.size() == 10) break;
            MissionRow row{.name = fmt::format("{} ({})", layer.name.substr(0, 48), layer.kind),
                           .figures = {ms("ms", {}), percent("share, %", {})},
                           .left_out = {}};
            row.figures[0].ours = layer.ms;
            row.figures[1].ours = 100 * layer.ms / all;
            t.rows.push_back(std::move(row));
        }
        if (!none.left_out.empty()) t.rows.push_back(std::move(none));
        return {};
    }

    Result<void> in_all() {
        MissionTable& t = table("In all", "Theirs was 45 frames/s at first.");
        MissionRow row = *whole_;
        row.name = "1080p, one file to tracks";
        figure(row, "frames/s").theirs = 128;
        figure(row, "GPU memory, GB").theirs = 6.2;
        figure(row, "latency, ms").theirs = 7.8;
        std::erase_if(row.figures, [](const MissionFigure& f) {
            return f.name == "CPU busy, %" || f.name == "GPU busy, %";
        });
        t.rows.push_back(std::move(row));
        return {};
    }

    static constexpr const char* no_int8 =
        "needs a network in INT8: `saccade quantize --help` says how to make one, --int8 FILE "
        "names "
        "it";

    Bench& bench_;
    const MissionOptions& options_;
    const eval::CocoDataset* dataset_;
    const int cores_;
    int cuda_ = -1;
    bool fixed_ = false;  ///< the network has an input size of its own
    std::vector<MissionTable> tables_;
    std::optional<MissionRow> whole_;
};

}  // namespace

Result<std::vector<MissionTable>> run_mission(Bench& bench, const MissionOptions& options) {
    std::optional<eval::CocoDataset> dataset;
    if (!bench.coco.empty()) {
        auto loaded = eval::CocoDataset::load(bench.coco);
        if (!loaded) return fail(loaded.error());
        dataset.emplace(std::move(*loaded));
    }
    return Mission(bench, options, dataset ? &*dataset : nullptr).run();
}

}  // namespace saccade::bench
