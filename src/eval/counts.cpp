#include "eval/counts.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "eval/mot_sequence.h"

namespace saccade::eval {
namespace {

constexpr double near_seconds = 1;
constexpr double near_heights = 1;

using Crossings = std::vector<track::Crossing>;

struct Counted {
    std::vector<Crossings> by_line;
    std::vector<track::LineCounts> lines;
    std::vector<track::ZoneCounts> zones;
};

Counted count(const Footage& footage, const CountPlaces& places, track::Counter::Ends ends) {
    track::Counter counter(places.lines, places.zones, ends);
    Counted result;
    result.by_line.resize(places.lines.size());
    std::vector<Track> tracks;
    auto row = footage.file.rows.begin();
    for (int frame = 1; frame <= footage.file.last_frame; ++frame) {
        tracks.clear();
        for (; row != footage.file.rows.end() && row->frame == frame; ++row) {
            const Box box{static_cast<float>(row->x), static_cast<float>(row->y),
                          static_cast<float>(row->x + row->width),
                          static_cast<float>(row->y + row->height)};
            tracks.push_back({.id = row->id, .box = box, .raw_box = box});
        }
        std::sort(tracks.begin(), tracks.end(),
                  [](const Track& a, const Track& b) { return a.id < b.id; });
        counter.update(tracks,
                       Timestamp(static_cast<Timestamp::rep>(1e9 * (frame - 1) / footage.rate)));
        for (const auto& c : counter.crossings()) result.by_line[c.line].push_back(c);
    }
    counter.finish();
    for (const auto& c : counter.crossings()) result.by_line[c.line].push_back(c);
    const track::CountSummary summary = counter.summary();
    for (const auto& line : summary.lines) {
        const auto at = line.by_class.find(0);
        result.lines.push_back(at == line.by_class.end() ? track::LineCounts{} : at->second);
    }
    for (const auto& zone : summary.zones) {
        const auto at = zone.by_class.find(0);
        result.zones.push_back(at == zone.by_class.end() ? track::ZoneCounts{} : at->second);
    }
    return result;
}

/// How near two crossings of a line are, from 2 for the same down to 0 for strangers.
double nearness(const track::Crossing& truth, const track::Crossing& other) {
    const double away = std::abs(seconds(truth.at - other.at)) / near_seconds;
    const double dx = truth.place.x - other.place.x;
    const double dy = truth.place.y - other.place.y;
    const double apart = std::hypot(dx, dy) / (near_heights * truth.height);
    return away > 1 || apart > 1 ? 0 : 2.0 + 1e-9 - away - apart;
}

/// Matches one to one what neither side has used yet, of crossings in the same direction or in
/// opposite ones, and marks it as used.
void match(const Crossings& truth, const Crossings& counted, bool same_way,
           std::vector<char>& truth_used, std::vector<char>& counted_used, BestMatching& matching) {
    matching.reset(truth.size(), counted.size());
    for (std::size_t i = 0; i < truth.size(); ++i) {
        for (std::size_t j = 0; j < counted.size(); ++j) {
            if (truth_used[i] != 0 || counted_used[j] != 0) continue;
            if ((truth[i].in == counted[j].in) != same_way) continue;
            if (const double n = nearness(truth[i], counted[j]); n > 0) matching.allow(i, j, n);
        }
    }
    const auto column_of = matching.solve();
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (column_of[i] < 0) continue;
        truth_used[i] = 1;
        counted_used[index(column_of[i])] = 1;
    }
}

void score_line(const Crossings& truth, const Crossings& counted, CountScore& score,
                BestMatching& matching) {
    const auto used = [](const std::vector<char>& flags) {
        return static_cast<double>(std::count(flags.begin(), flags.end(), 1));
    };
    std::vector<char> found(truth.size(), 0), counted_used(counted.size(), 0);
    match(truth, counted, true, found, counted_used, matching);
    std::vector<char> known = found;
    match(truth, counted, false, known, counted_used, matching);
    score.crossings += static_cast<double>(truth.size());
    score.counted += static_cast<double>(counted.size());
    score.found += used(found);
    score.wrong_way += used(known) - used(found);
    score.missed += static_cast<double>(truth.size()) - used(known);
    for (std::size_t j = 0; j < counted.size(); ++j) {
        if (counted_used[j] != 0) continue;
        bool again = false;
        for (std::size_t i = 0; i < truth.size(); ++i) {
            again = again || (found[i] != 0 && nearness(truth[i], counted[j]) > 0);
        }
        ++(again ? score.doubled : score.invented);
    }
}

double apart(std::uint64_t a, std::uint64_t b) {
    return std::abs(static_cast<double>(a) - static_cast<double>(b));
}

double part(double fault, double truth) noexcept {
    if (truth > 0) return fault / truth;
    return fault > 0 ? 1 : 0;
}

}  // namespace

double CountScore::error() const noexcept {
    return part(difference, crossings);
}
double CountScore::event_error() const noexcept {
    return part(missed + wrong_way + doubled + invented, crossings);
}
double CountScore::visitors_error() const noexcept {
    return part(visitors_difference, visitors);
}
double CountScore::dwell_error() const noexcept {
    return part(dwell_difference, dwell_seconds);
}

CountPlaces random_places(const MotFile& truth, int lines, int zones, std::uint64_t seed) {
    CountPlaces places;
    if (truth.rows.empty()) return places;
    double left = 1e30, top = 1e30, right = -1e30, bottom = -1e30;
    for (const MotRow& r : truth.rows) {
        const double x = r.x + r.width / 2, y = r.y + r.height;
        left = std::min(left, x), right = std::max(right, x);
        top = std::min(top, y), bottom = std::max(bottom, y);
    }
    std::mt19937_64 engine(seed);
    const auto between = [&](double low, double high) {
        return static_cast<float>(low +
                                  (high - low) * static_cast<double>(engine() >> 11) * 0x1p-53);
    };
    const double least = std::hypot(right - left, bottom - top) / 4;
    const auto two_points = [&] {
        while (true) {
            const track::Point a{between(left, right), between(top, bottom)};
            const track::Point b{between(left, right), between(top, bottom)};
            if (std::hypot(a.x - b.x, a.y - b.y) >= least) return std::pair{a, b};
        }
    };
    for (int i = 0; i < lines && least > 0; ++i) {
        const auto [a, b] = two_points();
        places.lines.push_back({a, b, {}});
    }
    for (int i = 0; i < zones && least > 0; ++i) {
        const auto [a, b] = two_points();
        places.zones.push_back({{a, {b.x, a.y}, b, {a.x, b.y}}, {}});
    }
    return places;
}

CountEvaluation evaluate_counts(const Footage& truth, const Footage& tracks,
                                const CountPlaces& places, track::Counter::Ends ends) {
    const Counted right = count(truth, places, track::Counter::Ends::as_seen);
    const Counted ours = count(tracks, places, ends);
    CountEvaluation evaluation;
    CountScore& score = evaluation.score;
    BestMatching matching;
    for (std::size_t i = 0; i < places.lines.size(); ++i) {
        score_line(right.by_line[i], ours.by_line[i], score, matching);
        score.difference += apart(right.lines[i].in, ours.lines[i].in) +
                            apart(right.lines[i].out, ours.lines[i].out);
        evaluation.lines.push_back({right.lines[i], ours.lines[i]});
    }
    for (std::size_t i = 0; i < places.zones.size(); ++i) {
        score.visitors += static_cast<double>(right.zones[i].visitors);
        score.visitors_difference += apart(right.zones[i].visitors, ours.zones[i].visitors);
        score.dwell_seconds += right.zones[i].dwell_seconds;
        score.dwell_difference +=
            std::abs(right.zones[i].dwell_seconds - ours.zones[i].dwell_seconds);
    }
    return evaluation;
}

CountScore combine(std::span<const CountScore> scores) {
    CountScore all;
    for (const CountScore& s : scores) {
        for (double CountScore::* figure :
             {&CountScore::crossings, &CountScore::counted, &CountScore::found, &CountScore::missed,
              &CountScore::wrong_way, &CountScore::doubled, &CountScore::invented,
              &CountScore::difference, &CountScore::visitors, &CountScore::visitors_difference,
              &CountScore::dwell_seconds, &CountScore::dwell_difference}) {
            all.*figure += s.*figure;
        }
    }
    return all;
}

}  // namespace saccade::eval
