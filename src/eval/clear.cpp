#include "eval/clear.h"

#include <algorithm>
#include <cmath>

namespace saccade::eval {
namespace {

constexpr double threshold = 0.5 - epsilon;
constexpr double going_on = 1000;  // outweighs any IoU that a frame can add up
constexpr int nobody = -1;

// What is known of one person of the truth.
struct Person {
    int track = nobody;           // the latest it was matched with, ever
    int track_just_now = nobody;  // in the latest frame that had both truth and tracks
    std::size_t matched = 0;      // frames
    std::size_t stretches = 0;    // runs of matched frames
};

void finish(ClearScore& s) {
    const double people = std::max(1.0, s.mostly_tracked + s.partly_tracked + s.mostly_lost);
    s.mostly_tracked_ratio = s.mostly_tracked / people;
    s.partly_tracked_ratio = s.partly_tracked / people;
    s.mostly_lost_ratio = s.mostly_lost / people;
    s.MatchScore::finish();
    const double tp = s.true_positives, fp = s.false_positives;
    const double boxes = std::max(1.0, tp + s.false_negatives);
    s.moda = (tp - fp) / boxes;
    s.mota = (tp - fp - s.switches) / boxes;
    s.motal = (tp - fp - (s.switches > 0 ? std::log10(s.switches) : 0)) / boxes;
    s.smota = (s.iou_sum - fp - s.switches) / boxes;
    s.motp = s.iou_sum / std::max(1.0, tp);
    s.false_positives_per_frame = fp / std::max(1.0, s.frames);
}

}  // namespace

ClearScore evaluate_clear(const MotSequence& sequence) {
    ClearScore score;
    if (sequence.all_truth_boxes == 0 || sequence.all_track_boxes == 0) {
        score.false_negatives = static_cast<double>(sequence.all_truth_boxes);
        score.false_positives = static_cast<double>(sequence.all_track_boxes);
        if (sequence.all_track_boxes == 0) {
            score.mostly_lost = static_cast<double>(sequence.truth_boxes.size());
        }
        score.mostly_lost_ratio = 1;
        return score;
    }

    std::vector<Person> people(sequence.truth_boxes.size());
    BestMatching matching;
    std::vector<double> iou_of;  // of truth and track places
    for (const MotFrame& frame : sequence.frames) {
        // Such a frame ends no stretch, as in the benchmark's reference.
        if (frame.truth.empty() || frame.tracks.empty()) continue;
        matching.reset(frame.truth.size(), frame.tracks.size());
        iou_of.assign(frame.truth.size() * frame.tracks.size(), 0.0);
        for (const Overlap& o : frame.overlaps) {
            if (o.iou < threshold) continue;
            const Person& person = people[index(frame.truth[index(o.truth)])];
            const bool same = person.track_just_now == frame.tracks[index(o.track)];
            matching.allow(index(o.truth), index(o.track), same ? going_on + o.iou : o.iou);
            iou_of[index(o.truth) * frame.tracks.size() + index(o.track)] = o.iou;
        }
        const auto track_of = matching.solve();

        std::vector<int> before;  // of the frame's people
        for (const int t : frame.truth) before.push_back(people[index(t)].track_just_now);
        for (Person& person : people) person.track_just_now = nobody;
        for (std::size_t t = 0; t < track_of.size(); ++t) {
            if (track_of[t] < 0) continue;
            Person& person = people[index(frame.truth[t])];
            const int track = frame.tracks[index(track_of[t])];
            if (person.track != nobody && person.track != track) ++score.switches;
            if (before[t] == nobody) ++person.stretches;
            person.track = person.track_just_now = track;
            ++person.matched;
            ++score.true_positives;
            score.iou_sum += iou_of[t * frame.tracks.size() + index(track_of[t])];
        }
    }

    score.count_rest(sequence);
    for (std::size_t i = 0; i < people.size(); ++i) {
        const double part =
            static_cast<double>(people[i].matched) / static_cast<double>(sequence.truth_boxes[i]);
        ++(part > 0.8    ? score.mostly_tracked
           : part >= 0.2 ? score.partly_tracked
                         : score.mostly_lost);
        if (people[i].stretches > 0) {
            score.fragmentations += static_cast<double>(people[i].stretches - 1);
        }
    }
    score.frames = static_cast<double>(sequence.frames.size());
    finish(score);
    return score;
}

ClearScore combine(std::span<const ClearScore> scores) {
    ClearScore all;
    for (const ClearScore& s : scores) {
        all.add_counts(s);
        all.switches += s.switches;
        all.fragmentations += s.fragmentations;
        all.mostly_tracked += s.mostly_tracked;
        all.partly_tracked += s.partly_tracked;
        all.mostly_lost += s.mostly_lost;
        all.iou_sum += s.iou_sum;
        all.frames += s.frames;
    }
    finish(all);
    return all;
}

}  // namespace saccade::eval
