#include "track/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "track/botsort/botsort.h"
#include "track/bytetrack/bytetrack.h"
#include "track/ocsort/ocsort.h"
#include "track/saccade/saccade.h"
#include "track/sort/sort.h"

namespace saccade::track {
namespace {

using Made = std::unique_ptr<Tracker>;

struct Entry {
    TrackerDescription description;
    Made (*make)(const TrackerOptions&);
};

template <typename T>
void override_with(T& value, const std::optional<T>& by) {
    if (by) value = *by;
}

void override_stages(TwoStageOptions& o, const TrackerOptions& from) {
    // Who moves the threshold of sure detections moves that of new tracks with it.
    if (from.high_score) {
        o.new_score = std::min(1.0F, *from.high_score + (o.new_score - o.high_score));
    }
    override_with(o.high_score, from.high_score);
    override_with(o.low_score, from.low_score);
    override_with(o.new_score, from.new_score);
    override_with(o.match_iou, from.match_iou);
    override_with(o.lost_seconds, from.lost_seconds);
    override_with(o.fuse_score, from.fuse_score);
    o.class_aware = from.class_aware;
    o.reporting = {from.report_tentative, from.report_lost};
}

/// For the trackers without stages.
template <typename Options>
void override_plain(Options& o, const TrackerOptions& from) {
    override_with(o.min_score, from.high_score);
    override_with(o.match_iou, from.match_iou);
    override_with(o.lost_seconds, from.lost_seconds);
    o.class_aware = from.class_aware;
    o.reporting = {from.report_tentative, from.report_lost};
}

Made make_bytetrack(const TrackerOptions& from) {
    TwoStageOptions o;
    override_stages(o, from);
    return std::make_unique<ByteTrack>(o);
}

Made make_botsort(const TrackerOptions& from) {
    BotSortOptions o;
    override_with(o.remember_seconds, from.remember_seconds);
    override_stages(o.stages, from);
    return std::make_unique<BotSort>(o);
}

Made make_sort(const TrackerOptions& from) {
    SortOptions o;
    override_plain(o, from);
    return std::make_unique<Sort>(o);
}

Made make_ocsort(const TrackerOptions& from) {
    OcSortOptions o;
    override_plain(o, from);
    return std::make_unique<OcSort>(o);
}

Made make_saccade(const TrackerOptions& from) {
    BotSortOptions o;
    o.stages = {.low_iou = 0.6F, .sparse_step = 0.06, .lost_seconds = 2.0};
    override_with(o.remember_seconds, from.remember_seconds);
    override_stages(o.stages, from);
    return std::make_unique<Saccade>(o);
}

constexpr Entry entries[] = {
    {{"saccade", "our own: BoT-SORT that sees camera motion in the detections too", true},
     make_saccade},
    {{"bytetrack", "ByteTrack: associates sure and unsure detections in turn (Zhang et al. 2022)"},
     make_bytetrack},
    {{"botsort", "BoT-SORT: ByteTrack with camera motion and appearance (Aharon et al. 2022)",
      true},
     make_botsort},
    {{"ocsort", "OC-SORT: trusts observations over predictions (Cao et al. 2023)"}, make_ocsort},
    {{"sort", "SORT: one Kalman filter, one assignment; the baseline (Bewley et al. 2016)"},
     make_sort},
};

Result<void> check_part(const char* name, const std::optional<float>& value) {
    if (!value || (*value >= 0 && *value <= 1)) return {};
    return fail(ErrorCode::invalid_argument, fmt::format("tracker option {} is {}", name, *value),
                "give a number from 0 to 1");
}

Result<void> check(const TrackerOptions& o) {
    for (const auto& [name, value] : {std::pair{"high_score", o.high_score},
                                      {"low_score", o.low_score},
                                      {"new_score", o.new_score},
                                      {"match_iou", o.match_iou}}) {
        if (auto ok = check_part(name, value); !ok) return ok;
    }
    for (const auto& [name, value] :
         {std::pair{"lost_seconds", o.lost_seconds}, {"remember_seconds", o.remember_seconds}}) {
        if (!value || (*value >= 0 && *value <= 1e6)) continue;
        return fail(ErrorCode::invalid_argument,
                    fmt::format("tracker option {} is {}", name, *value),
                    "give a number of seconds, from 0 to 1000000");
    }
    return {};
}

}  // namespace

std::vector<TrackerDescription> trackers() {
    std::vector<TrackerDescription> all;
    for (const Entry& e : entries) all.push_back(e.description);
    return all;
}

Result<std::unique_ptr<Tracker>> make_tracker(std::string_view name,
                                              const TrackerOptions& options) {
    if (auto ok = check(options); !ok) return fail(ok.error());
    std::string known;
    for (const Entry& e : entries) {
        if (e.description.name == name) return e.make(options);
        known += fmt::format("{}{}", known.empty() ? "" : ", ", e.description.name);
    }
    return fail(ErrorCode::not_found, fmt::format("no tracker is called \"{}\"", name),
                fmt::format("choose one of: {}", known));
}

}  // namespace saccade::track
