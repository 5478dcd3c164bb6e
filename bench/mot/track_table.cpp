// A table of scores: trackers over MOTChallenge detections at several frame rates, with detections
// dropped and moved. All in memory, so that a table takes seconds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "eval/counts.h"
#include "eval/mot_evaluation.h"
#include "thin.h"
#include "track/registry.h"

namespace {

using namespace saccade;

struct Settings {
    std::vector<std::string> trackers{"saccade"};
    std::vector<double> rates{30, 15, 6, 3};
    std::vector<std::filesystem::path> sequences;
    std::filesystem::path write;  ///< where the thinned sequences go, for others to run on
    std::filesystem::path score;  ///< where others left their tracks for them
    bench::Thinning thinning;
    bool each = false;
    bool counts = false;
    bool as_seen = false;
    int lines = 200, zones = 50;
};

struct Sequence {
    bench::DetectionSequence detections;
    eval::MotFile truth;
    eval::MotBenchmark benchmark = eval::MotBenchmark::mot17;
    eval::MotFile all_truth;  ///< of every frame, judged rows only
    double all_rate = 30;
};

/// What a line of a table says.
struct Row {
    eval::SequenceScore score;
    eval::CountScore counts;
};

Result<Sequence> read(const std::filesystem::path& dir) {
    auto detections = bench::read_detections(dir);
    if (!detections) return fail(detections.error());
    auto truth = eval::read_mot_file(dir / "gt" / "gt.txt", eval::MotFileKind::truth);
    if (!truth) return fail(truth.error());
    const auto benchmark = eval::benchmark_of(*truth, detections->name);
    const int frames = static_cast<int>(detections->frames.size());
    auto judged = eval::judged_rows(*truth, "truth", {}, "", frames, benchmark);
    if (!judged) return fail(judged.error());
    const double rate = detections->rate;
    return Sequence{std::move(*detections), std::move(*truth), benchmark, std::move(judged->truth),
                    rate};
}

Sequence thin(const Sequence& all, const bench::Thinning& thinning) {
    return {bench::thin(all.detections, thinning),
            bench::thin(all.truth, bench::every_of(all.detections, thinning)), all.benchmark,
            all.all_truth, all.all_rate};
}

/// What the detections allow at best: those that fit the truth (IoU 0.5), each with its identity.
eval::MotFile oracle(const Sequence& sequence) {
    eval::MotFile file;
    eval::BestMatching matching;
    auto row = sequence.truth.rows.begin();
    for (std::size_t f = 0; f < sequence.detections.frames.size(); ++f) {
        const auto& found = sequence.detections.frames[f];
        std::vector<const eval::MotRow*> here;
        for (; row != sequence.truth.rows.end() && row->frame == static_cast<int>(f) + 1; ++row) {
            here.push_back(&*row);
        }
        matching.reset(here.size(), found.size());
        for (std::size_t i = 0; i < here.size(); ++i) {
            const Box box{static_cast<float>(here[i]->x), static_cast<float>(here[i]->y),
                          static_cast<float>(here[i]->x + here[i]->width),
                          static_cast<float>(here[i]->y + here[i]->height)};
            for (std::size_t j = 0; j < found.size(); ++j) {
                if (const float o = iou(box, found[j].box); o >= 0.5F) matching.allow(i, j, o);
            }
        }
        const auto column_of = matching.solve();
        for (std::size_t i = 0; i < here.size(); ++i) {
            if (column_of[i] < 0) continue;
            const Box& b = found[static_cast<std::size_t>(column_of[i])].box;
            file.last_frame = static_cast<int>(f) + 1;
            file.rows.push_back(
                {file.last_frame, here[i]->id, b.x1, b.y1, b.width(), b.height(), 1, 1});
        }
    }
    return file;
}

Result<eval::MotFile> follow(const std::string& name, const bench::DetectionSequence& sequence) {
    auto tracker = track::make_tracker(name, {});
    if (!tracker) return fail(tracker.error());
    eval::MotFile file;
    std::vector<Track> tracks;
    for (std::size_t f = 0; f < sequence.frames.size(); ++f) {
        track::Observation observation;
        observation.detections = sequence.frames[f];
        observation.pts = sequence.pts(f);
        if (auto ok = (*tracker)->update(observation, tracks); !ok) return fail(ok.error());
        for (const Track& t : tracks) {
            file.last_frame = static_cast<int>(f) + 1;
            file.rows.push_back({file.last_frame, t.id, t.box.x1, t.box.y1, t.box.width(),
                                 t.box.height(), t.score, 1});
        }
    }
    return file;
}

/// Counts are those of the whole sequence: who crosses a line between two frames that are left has
/// crossed it all the same.
Result<Row> score(const Settings& settings, const Sequence& sequence, const eval::MotFile& tracks) {
    const auto& [detections, truth, benchmark, all_truth, all_rate] = sequence;
    const int frames = static_cast<int>(detections.frames.size());
    Row row;
    if (settings.counts) {
        const auto judged = eval::judged_rows(truth, "truth", tracks, "tracks", frames, benchmark);
        if (!judged) return fail(judged.error());
        row.counts =
            eval::evaluate_counts(
                {all_truth, all_rate}, {judged->tracks, detections.rate},
                eval::random_places(all_truth, settings.lines, settings.zones, 1),
                settings.as_seen ? track::Counter::Ends::as_seen : track::Counter::Ends::prolonged)
                .score;
    }
    const auto prepared =
        eval::prepare_sequence(truth, "truth", tracks, "tracks", frames, benchmark);
    if (!prepared) return fail(prepared.error());
    row.score = eval::evaluate_sequence(detections.name, *prepared);
    return row;
}

void print_head(bool counts) {
    if (counts) {
        fmt::print(
            "| tracker | fps | sequence | crossings | counted | error % | events % | missed |"
            " doubled | wrong way | invented | visitors % | dwell % |\n"
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    } else {
        fmt::print(
            "| tracker | fps | sequence | HOTA | AssA | DetA | MOTA | IDF1 | IDSW |\n"
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    }
}

void print(const Settings& settings, const std::string& tracker, double rate, const Row& row) {
    const eval::SequenceScore& s = row.score;
    fmt::print("| {} | {:g} | {} |", tracker, rate, s.name);
    if (settings.counts) {
        const eval::CountScore& c = row.counts;
        fmt::print(" {} | {} | {:.1f} | {:.1f} | {} | {} | {} | {} | {:.1f} | {:.1f} |\n",
                   c.crossings, c.counted, 100 * c.error(), 100 * c.event_error(), c.missed,
                   c.doubled, c.wrong_way, c.invented, 100 * c.visitors_error(),
                   100 * c.dwell_error());
    } else {
        fmt::print(" {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.0f} |\n",
                   100 * eval::mean(s.hota.hota), 100 * eval::mean(s.hota.ass_a),
                   100 * eval::mean(s.hota.det_a), 100 * s.clear.mota, 100 * s.identity.f1,
                   s.clear.switches);
    }
}

std::filesystem::path folder(const std::filesystem::path& root, double rate) {
    return root / fmt::format("{:g}fps", rate);
}

/// One tracker at one rate: a line, and with --each one for every sequence.
Result<void> run(const Settings& settings, const std::string& tracker, double rate,
                 const std::vector<Sequence>& sequences) {
    std::vector<eval::SequenceScore> scores;
    std::vector<eval::CountScore> counts;
    for (const Sequence& s : sequences) {
        auto tracks = tracker == "oracle" ? oracle(s)
                      : settings.score.empty()
                          ? follow(tracker, s.detections)
                          : eval::read_mot_file(folder(settings.score, rate) / tracker /
                                                    (s.detections.name + ".txt"),
                                                eval::MotFileKind::tracks);
        if (!tracks) return fail(tracks.error());
        auto scored = score(settings, s, *tracks);
        if (!scored) return fail(scored.error());
        if (settings.each) print(settings, tracker, rate, *scored);
        scores.push_back(std::move(scored->score));
        counts.push_back(scored->counts);
    }
    print(settings, tracker, rate,
          {eval::combine(std::span<const eval::SequenceScore>(scores)), eval::combine(counts)});
    std::fflush(stdout);
    return {};
}

Result<void> run_all(const Settings& settings) {
    std::vector<Sequence> sequences;
    for (const auto& dir : settings.sequences) {
        auto sequence = read(dir);
        if (!sequence) return fail(sequence.error());
        sequences.push_back(std::move(*sequence));
    }
    if (settings.write.empty()) print_head(settings.counts);
    for (const double rate : settings.rates) {
        bench::Thinning thinning = settings.thinning;
        thinning.rate = rate;
        std::vector<Sequence> thinned;
        for (const Sequence& s : sequences) thinned.push_back(thin(s, thinning));
        if (!settings.write.empty()) {
            for (const Sequence& s : thinned) {
                const auto dir = folder(settings.write, rate) / s.detections.name;
                if (auto ok = bench::write_sequence(dir, s.detections, s.truth); !ok) return ok;
            }
            continue;
        }
        for (const std::string& tracker : settings.trackers) {
            if (auto ok = run(settings, tracker, rate, thinned); !ok) return ok;
        }
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    Settings s;
    CLI::App app{"Scores trackers over MOTChallenge detections at several frame rates"};
    app.add_option("sequences", s.sequences, "folders with seqinfo.ini, det/det.txt, gt/gt.txt")
        ->required();
    app.add_option("--trackers", s.trackers,
                   "names of trackers; \"oracle\" is what the detections allow")
        ->delimiter(',');
    app.add_option("--fps", s.rates, "rates to come down to")->delimiter(',');
    app.add_option("--drop", s.thinning.dropped, "part of the detections to leave out")
        ->check(CLI::Range(0.0, 0.99));
    app.add_option("--noise", s.thinning.noise, "deviation of boxes, in parts of their size")
        ->check(CLI::Range(0.0, 1.0));
    app.add_option("--seed", s.thinning.seed);
    app.add_option("--write", s.write, "write DIR/RATEfps/SEQ instead, for others to run on");
    app.add_option("--score", s.score, "score DIR/RATEfps/TRACKER/SEQ.txt instead of running");
    app.add_flag("--counts", s.counts, "judge crossings of lines and stays in zones instead");
    app.add_flag("--as-seen", s.as_seen, "count tracks as seen, their ends not prolonged");
    app.add_option("--lines", s.lines, "random lines of a sequence");
    app.add_option("--zones", s.zones, "random zones of a sequence");
    app.add_flag("--each", s.each, "a line for each sequence too");
    CLI11_PARSE(app, argc, argv);
    if (auto ok = run_all(s); !ok) {
        fmt::print(stderr, "track_table: {}\n", ok.error().line());
        return 1;
    }
    return 0;
}
