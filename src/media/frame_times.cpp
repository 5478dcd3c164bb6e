#include "media/frame_times.h"

extern "C" {
#include <libavutil/mathematics.h>
}

#include <algorithm>
#include <cmath>
#include <utility>

namespace saccade::media {
namespace {

using namespace std::chrono_literals;

constexpr double usual_rate = 25;         // Hz, where a stream says nothing
constexpr int reordering_slip = 4;        // periods; more backwards is a clock set back
constexpr Timestamp longest = 24h * 366;  // a jump beyond it is noise
constexpr Timestamp longest_step = 24h;   // and beyond it a duration

/// Keeps far from overflow, whatever a stream of noise adds up to.
Timestamp after(Timestamp latest, Timestamp step) {
    return std::min(latest + step, Timestamp::max() / 2);
}

}  // namespace

FrameTimes::FrameTimes(TimeBase base, double frame_rate) : base_(base) {
    const double rate = std::isfinite(frame_rate) && frame_rate > 1e-3 ? frame_rate : usual_rate;
    period_ = Timestamp(std::llround(1e9 / rate));
    step_ = period_;
}

std::optional<Timestamp> FrameTimes::to_time(std::optional<std::int64_t> units) const {
    if (!units || base_.num <= 0 || base_.den <= 0) return std::nullopt;
    const std::int64_t ns =
        av_rescale_rnd(*units, base_.num * 1'000'000'000, base_.den,
                       static_cast<AVRounding>(AV_ROUND_NEAR_INF | AV_ROUND_PASS_MINMAX));
    // libavutil says "does not fit" by INT64_MIN; a quarter of the range leaves room for
    // differences.
    if (ns <= INT64_MIN / 4 || ns >= INT64_MAX / 4) return std::nullopt;
    return Timestamp(ns);
}

bool FrameTimes::plain(std::int64_t timestamp) const {
    const auto time = by_clock(timestamp);
    return time && offset_ == 0ns && waiting_.empty() && (!latest_ || *time >= *latest_);
}

std::optional<Timestamp> FrameTimes::by_clock(std::optional<std::int64_t> timestamp) const {
    auto time = to_time(timestamp);
    if (!time) return time;
    *time = after(*time, offset_);
    if (latest_ && *time - *latest_ > longest) return std::nullopt;
    return time;
}

void FrameTimes::go_on_at(std::int64_t timestamp) {
    if (const auto time = by_clock(timestamp)) latest_ = *time;
    step_ = period_;
}

void FrameTimes::next(std::optional<std::int64_t> timestamp, std::optional<std::int64_t> duration,
                      std::vector<Timestamp>& ready) {
    const auto length = to_time(duration);
    const Timestamp step = length && *length > 0s && *length <= longest_step ? *length : period_;
    const auto time = by_clock(timestamp);
    if (!time) {
        waiting_.push_back(step);
        timeless_ = timeless_ || waiting_.size() > most_waiting;
        if (timeless_) fill(std::nullopt, ready);
        return;
    }
    timeless_ = false;
    fill(time, ready);
    latest_ = not_before_latest(*time);
    step_ = step;
    ready.push_back(*latest_);
}

void FrameTimes::flush(std::optional<std::int64_t> then, std::vector<Timestamp>& ready) {
    fill(by_clock(then), ready);
}

/// Times of all that wait, in front of a frame at `until`.
void FrameTimes::fill(std::optional<Timestamp> until, std::vector<Timestamp>& ready) {
    const auto count = static_cast<std::int64_t>(waiting_.size());
    if (count == 0) return;
    if (!latest_) {  // back from the first known time, else on from zero
        Timestamp first{0};
        if (until) {
            first = *until;
            for (const Timestamp step : waiting_) first -= step;
        }
        for (const Timestamp step : std::exchange(waiting_, {})) {
            latest_ = first;
            ready.push_back(first);
            first = after(first, step);
            step_ = step;
        }
        return;
    }
    if (until && *until > *latest_) {
        const Timestamp from = *latest_;
        const Timestamp span = *until - from;
        for (std::int64_t i = 1; i <= count; ++i) {
            ready.push_back(from + span * i / (count + 1));  // (a year in ns times eight fits)
        }
        latest_ = ready.back();
        step_ = waiting_.back();
        waiting_.clear();
        return;
    }
    for (const Timestamp step : std::exchange(waiting_, {})) {
        latest_ = after(*latest_, step_);
        ready.push_back(*latest_);
        step_ = step;
    }
}

Timestamp FrameTimes::not_before_latest(Timestamp time) {
    if (!latest_ || time >= *latest_) return time;
    if (*latest_ - time <= reordering_slip * period_) return *latest_;
    const Timestamp resumed = after(*latest_, period_);
    offset_ += resumed - time;
    return resumed;
}

}  // namespace saccade::media
