// Runs a tracker over MOTChallenge detections and writes its tracks as MOT files, with the
// tracker's own time per frame. Scored from outside (saccade eval, TrackEval).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "core/atomic_file.h"
#include "mot_files.h"
#include "track/registry.h"

namespace {

using namespace saccade;

struct Settings {
    std::string tracker = "bytetrack";
    std::filesystem::path out = "tracks";
    std::vector<std::filesystem::path> sequences;
    int every = 1;
    track::TrackerOptions options;
};

Result<void> run(const Settings& settings, const std::filesystem::path& dir) {
    const auto sequence = bench::read_detections(dir);
    if (!sequence) return fail(sequence.error());
    auto tracker = track::make_tracker(settings.tracker, settings.options);
    if (!tracker) return fail(tracker.error());
    auto file = AtomicFile::create(settings.out / (sequence->name + ".txt"));
    if (!file) return fail(file.error());

    std::vector<Track> tracks;
    std::chrono::steady_clock::duration busy{0};
    std::size_t frames = 0, detections = 0;
    for (std::size_t f = 0; f < sequence->frames.size();
         f += static_cast<std::size_t>(settings.every)) {
        track::Observation observation;
        observation.detections = sequence->frames[f];
        observation.pts = sequence->pts(f);
        const auto begin = std::chrono::steady_clock::now();
        if (auto ok = (*tracker)->update(observation, tracks); !ok) return ok;
        busy += std::chrono::steady_clock::now() - begin;
        ++frames;
        detections += observation.detections.size();
        for (const Track& t : tracks) {
            const auto line =
                fmt::format("{},{},{:.2f},{:.2f},{:.2f},{:.2f},{:.3f},-1,-1,-1\n", f + 1, t.id,
                            t.box.x1, t.box.y1, t.box.width(), t.box.height(), t.score);
            if (auto ok = file->write(line); !ok) return ok;
        }
    }
    const double s = std::chrono::duration<double>(busy).count();
    fmt::print("{} {}: {} frames, {:.1f} detections a frame, {:.0f} updates/s\n", settings.tracker,
               sequence->name, frames,
               static_cast<double>(detections) / static_cast<double>(frames),
               static_cast<double>(frames) / s);
    return file->commit();
}

}  // namespace

int main(int argc, char** argv) {
    Settings s;
    CLI::App app{"Tracks MOTChallenge detections"};
    bool list = false;
    app.add_flag("--list", list, "print the names of all trackers");
    app.add_option("sequences", s.sequences, "folders with seqinfo.ini and det/det.txt");
    app.add_option("--tracker", s.tracker);
    app.add_option("--out", s.out, "folder for NAME.txt files");
    app.add_option("--every", s.every, "look at every Nth frame only")->check(CLI::Range(1, 1000));
    app.add_option("--high", s.options.high_score);
    app.add_option("--low", s.options.low_score);
    app.add_option("--new", s.options.new_score);
    app.add_option("--match-iou", s.options.match_iou);
    app.add_option("--lost-seconds", s.options.lost_seconds);
    app.add_option("--fuse-score", s.options.fuse_score);
    CLI11_PARSE(app, argc, argv);
    if (list) {
        for (const auto& t : track::trackers()) fmt::print("{}\n", t.name);
    }
    for (const auto& dir : s.sequences) {
        if (auto ok = run(s, dir); !ok) {
            fmt::print(stderr, "track_detections: {}\n", ok.error().line());
            return 1;
        }
    }
    return 0;
}
