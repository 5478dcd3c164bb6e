#include "eval/mot_sequence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace saccade::eval {
namespace {

constexpr int person = 1, person_on_vehicle = 2, other_vehicle = 6, static_person = 7,
              distractor = 8, reflection = 12, last_class = 13;
constexpr std::size_t most_boxes = 5000;  // of a frame: the matching takes their square in memory

bool takes_tracks_out(int class_id, MotBenchmark benchmark) noexcept {
    switch (class_id) {
        case person_on_vehicle:
        case static_person:
        case distractor:
        case reflection: return true;
        case other_vehicle: return benchmark == MotBenchmark::mot20;
        default: return false;
    }
}

bool is_judged(const MotRow& row, MotBenchmark benchmark) noexcept {
    return std::trunc(row.confidence) != 0 &&
           (benchmark == MotBenchmark::mot15 || row.class_id == person);
}

// By corners, as the benchmark's reference does: a box at exactly the threshold must fall on the
// same side.
double iou(const MotRow& a, const MotRow& b) noexcept {
    const double ax2 = a.x + a.width, ay2 = a.y + a.height;
    const double bx2 = b.x + b.width, by2 = b.y + b.height;
    const double w = std::min(ax2, bx2) - std::max(a.x, b.x);
    const double h = std::min(ay2, by2) - std::max(a.y, b.y);
    if (w <= 0 || h <= 0) return 0;
    const double area_a = (ax2 - a.x) * (ay2 - a.y), area_b = (bx2 - b.x) * (by2 - b.y);
    const double inter = w * h, both = area_a + area_b - inter;
    return area_a <= epsilon || area_b <= epsilon || both <= epsilon ? 0 : inter / both;
}

// The rows of one frame after another.
class Frames {
  public:
    explicit Frames(const MotFile& file) : rest_(file.rows) {}
    std::span<const MotRow> next(int frame) noexcept {
        std::size_t n = 0;
        while (n < rest_.size() && rest_[n].frame == frame) ++n;
        const auto rows = rest_.first(n);
        rest_ = rest_.subspan(n);
        return rows;
    }

  private:
    std::span<const MotRow> rest_;
};

// A frame in terms of the files: row indices and ids as they are there.
struct Kept {
    std::vector<std::int64_t> truth, tracks;
};

std::vector<std::int64_t> distinct(const std::vector<Kept>& frames,
                                   std::vector<std::int64_t> Kept::* ids) {
    std::vector<std::int64_t> all;
    for (const Kept& f : frames) all.insert(all.end(), (f.*ids).begin(), (f.*ids).end());
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

int place_of(const std::vector<std::int64_t>& sorted, std::int64_t id) {
    return static_cast<int>(std::lower_bound(sorted.begin(), sorted.end(), id) - sorted.begin());
}

// Replaces ids by places, counts boxes, and numbers the pairs of identities.
void number_identities(const std::vector<Kept>& kept, MotSequence& sequence) {
    const auto truth_ids = distinct(kept, &Kept::truth), track_ids = distinct(kept, &Kept::tracks);
    sequence.truth_boxes.assign(truth_ids.size(), 0);
    sequence.track_boxes.assign(track_ids.size(), 0);
    for (std::size_t f = 0; f < kept.size(); ++f) {
        MotFrame& frame = sequence.frames[f];
        for (const auto id : kept[f].truth) frame.truth.push_back(place_of(truth_ids, id));
        for (const auto id : kept[f].tracks) frame.tracks.push_back(place_of(track_ids, id));
        for (const int i : frame.truth) ++sequence.truth_boxes[static_cast<std::size_t>(i)];
        for (const int i : frame.tracks) ++sequence.track_boxes[static_cast<std::size_t>(i)];
        sequence.all_truth_boxes += frame.truth.size();
        sequence.all_track_boxes += frame.tracks.size();
    }
    const auto identities = [](const MotFrame& frame, const Overlap& o) {
        return IdentityPair{frame.truth[static_cast<std::size_t>(o.truth)],
                            frame.tracks[static_cast<std::size_t>(o.track)]};
    };
    auto& pairs = sequence.pairs;
    for (const MotFrame& frame : sequence.frames) {
        for (const Overlap& o : frame.overlaps) pairs.push_back(identities(frame, o));
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    for (MotFrame& frame : sequence.frames) {
        for (Overlap& o : frame.overlaps) {
            const auto at = std::lower_bound(pairs.begin(), pairs.end(), identities(frame, o));
            o.pair = static_cast<std::size_t>(at - pairs.begin());
        }
    }
}

void find_overlaps(std::span<const MotRow> truth, std::span<const MotRow> tracks,
                   std::vector<Overlap>& overlaps) {
    overlaps.clear();
    for (std::size_t i = 0; i < truth.size(); ++i) {
        for (std::size_t j = 0; j < tracks.size(); ++j) {
            const double value = iou(truth[i], tracks[j]);
            if (value > 0) {
                overlaps.push_back({static_cast<int>(i), static_cast<int>(j), value, 0});
            }
        }
    }
}

// out[j] says that tracks[j] is on a distractor.
void take_out(std::span<const MotRow> truth, std::span<const MotRow> tracks,
              std::span<const Overlap> overlaps, MotBenchmark benchmark, BestMatching& matching,
              std::vector<bool>& out) {
    out.assign(tracks.size(), false);
    if (benchmark == MotBenchmark::mot15) return;
    matching.reset(truth.size(), tracks.size());
    for (const Overlap& o : overlaps) {
        if (o.iou < 0.5 - epsilon) continue;
        matching.allow(index(o.truth), index(o.track), o.iou);
    }
    const auto track_of = matching.solve();
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (track_of[i] >= 0 && takes_tracks_out(truth[i].class_id, benchmark)) {
            out[index(track_of[i])] = true;
        }
    }
}

Result<void> check(const MotFile& truth, const std::string& truth_name, const MotFile& tracks,
                   const std::string& tracks_name, int frames, MotBenchmark benchmark) {
    for (const auto& [file, name] : {std::pair(&truth, &truth_name), {&tracks, &tracks_name}}) {
        if (file->last_frame > frames) {
            return fail(
                ErrorCode::corrupt,
                fmt::format("{}: frame {} in a sequence of {}", *name, file->last_frame, frames),
                "frames count from 1; check seqLength in seqinfo.ini");
        }
    }
    for (const auto& [file, name] : {std::pair(&truth, &truth_name), {&tracks, &tracks_name}}) {
        for (std::size_t i = most_boxes; i < file->rows.size(); ++i) {
            const int frame = file->rows[i].frame;
            if (file->rows[i - most_boxes].frame != frame) continue;
            return fail(ErrorCode::unsupported,
                        fmt::format("{}: more than {} boxes in frame {}", *name, most_boxes, frame),
                        "write fewer boxes a frame");
        }
    }
    for (const MotRow& row : truth.rows) {
        if (benchmark != MotBenchmark::mot15 && (row.class_id < 1 || row.class_id > last_class)) {
            return fail(
                ErrorCode::corrupt,
                fmt::format("{}: class {} in frame {}", truth_name, row.class_id, row.frame),
                "MOT16, MOT17 and MOT20 have the classes 1 to 13");
        }
    }
    for (const MotRow& row : tracks.rows) {
        if (row.class_id > person) {
            return fail(
                ErrorCode::unsupported,
                fmt::format("{}: class {} in frame {}", tracks_name, row.class_id, row.frame),
                "only people (class 1 or -1) are judged: write tracks of that class alone");
        }
    }
    return {};
}

}  // namespace

Result<MotSequence> prepare_sequence(const MotFile& truth, const std::string& truth_name,
                                     const MotFile& tracks, const std::string& tracks_name,
                                     int frames, MotBenchmark benchmark) {
    const auto fine = check(truth, truth_name, tracks, tracks_name, frames, benchmark);
    if (!fine) return fail(fine.error());

    MotSequence sequence;
    sequence.frames.resize(static_cast<std::size_t>(frames));
    std::vector<Kept> kept(static_cast<std::size_t>(frames));
    Frames truth_frames(truth), track_frames(tracks);
    BestMatching matching;
    std::vector<Overlap> overlaps;
    std::vector<bool> out;
    std::vector<int> truth_place, track_place;
    for (int f = 0; f < frames; ++f) {
        const auto t = truth_frames.next(f + 1), p = track_frames.next(f + 1);
        find_overlaps(t, p, overlaps);
        take_out(t, p, overlaps, benchmark, matching, out);

        Kept& ids = kept[static_cast<std::size_t>(f)];
        truth_place.assign(t.size(), -1);
        track_place.assign(p.size(), -1);
        for (std::size_t i = 0; i < t.size(); ++i) {
            if (!is_judged(t[i], benchmark)) continue;
            truth_place[i] = static_cast<int>(ids.truth.size());
            ids.truth.push_back(t[i].id);
        }
        for (std::size_t j = 0; j < p.size(); ++j) {
            if (out[j]) continue;
            track_place[j] = static_cast<int>(ids.tracks.size());
            ids.tracks.push_back(p[j].id);
        }
        for (const Overlap& o : overlaps) {
            const int i = truth_place[static_cast<std::size_t>(o.truth)];
            const int j = track_place[static_cast<std::size_t>(o.track)];
            if (i < 0 || j < 0) continue;
            sequence.frames[static_cast<std::size_t>(f)].overlaps.push_back({i, j, o.iou, 0});
        }
    }
    number_identities(kept, sequence);
    return sequence;
}

Result<JudgedRows> judged_rows(const MotFile& truth, const std::string& truth_name,
                               const MotFile& tracks, const std::string& tracks_name, int frames,
                               MotBenchmark benchmark) {
    const auto fine = check(truth, truth_name, tracks, tracks_name, frames, benchmark);
    if (!fine) return fail(fine.error());
    JudgedRows judged;
    judged.truth.last_frame = truth.last_frame;
    judged.tracks.last_frame = tracks.last_frame;
    Frames truth_frames(truth), track_frames(tracks);
    BestMatching matching;
    std::vector<Overlap> overlaps;
    std::vector<bool> out;
    for (int f = 0; f < frames; ++f) {
        const auto t = truth_frames.next(f + 1), p = track_frames.next(f + 1);
        find_overlaps(t, p, overlaps);
        take_out(t, p, overlaps, benchmark, matching, out);
        for (const MotRow& row : t) {
            if (is_judged(row, benchmark)) judged.truth.rows.push_back(row);
        }
        for (std::size_t j = 0; j < p.size(); ++j) {
            if (!out[j]) judged.tracks.rows.push_back(p[j]);
        }
    }
    return judged;
}

void BestMatching::reset(std::size_t rows, std::size_t columns) {
    rows_ = rows;
    columns_ = columns;
    cost_.assign(rows * columns, AssignmentSolver::no_limit);
}

std::span<const int> BestMatching::solve() {
    const auto solved = solver_.solve(cost_, rows_, columns_, 0.0);
    if (!solved) throw std::logic_error(solved.error().line());  // scores are finite
    return solved->column_of_row;
}

}  // namespace saccade::eval
