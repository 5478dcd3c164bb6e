#include "media/frame_times.h"

extern "C" {
#include <libavutil/mathematics.h>
}

#include <algorithm>
#include <cmath>

namespace saccade::media {
namespace {

using namespace std::chrono_literals;

constexpr double usual_rate = 25;         // Hz, where a stream says nothing
constexpr int reordering_slip = 4;        // periods; more backwards is a clock set back
constexpr Timestamp longest = 24h * 366;  // beyond it a timestamp is noise
constexpr Timestamp longest_step = 24h;   // and beyond it a duration

/// Keeps far from overflow, whatever a stream of noise adds up to.
Timestamp after(Timestamp latest, Timestamp step) {
    return std::min(latest + step, Timestamp::max() / 8);
}

}  // namespace

FrameTimes::FrameTimes(TimeBase base, std::optional<std::int64_t> start, double frame_rate)
    : base_(base) {
    const double rate = std::isfinite(frame_rate) && frame_rate > 1e-3 ? frame_rate : usual_rate;
    period_ = Timestamp(std::llround(1e9 / rate));
    step_ = period_;
    if (start) start_ = to_time(*start);
}

std::optional<Timestamp> FrameTimes::to_time(std::int64_t units) const {
    if (base_.num <= 0 || base_.den <= 0) return std::nullopt;
    const std::int64_t ns =
        av_rescale_rnd(units, base_.num * 1'000'000'000, base_.den,
                       static_cast<AVRounding>(AV_ROUND_NEAR_INF | AV_ROUND_PASS_MINMAX));
    // libavutil says "does not fit" by INT64_MIN; half of the range leaves room for differences.
    if (ns <= INT64_MIN / 4 || ns >= INT64_MAX / 4) return std::nullopt;
    return Timestamp(ns);
}

bool FrameTimes::plain(std::int64_t timestamp) const {
    const auto time = to_time(timestamp);
    if (!time || !latest_) return time.has_value();  // the first one is the start, if nothing else is
    return *time - *start_ >= *latest_ && *time - *start_ <= longest;
}

void FrameTimes::go_on_at(std::int64_t timestamp) {
    const auto time = to_time(timestamp);
    if (time && start_ && *time >= *start_ && *time - *start_ <= longest) latest_ = *time - *start_;
    step_ = period_;
}

Timestamp FrameTimes::next(std::optional<std::int64_t> timestamp,
                           std::optional<std::int64_t> duration) {
    std::optional<Timestamp> time = timestamp ? to_time(*timestamp) : std::nullopt;
    if (time) {
        // A start after the first frame is no start; nor is one from another age.
        if (!start_ || (!latest_ && (*time < *start_ || *time - *start_ > longest))) start_ = *time;
        *time -= *start_;
        if (*time > longest) time.reset();
    }
    if (!time) {
        time = latest_ ? after(*latest_, step_) : Timestamp{0};
    } else if (latest_ && *time < *latest_) {
        if (*latest_ - *time > reordering_slip * period_) {
            const Timestamp resumed = after(*latest_, period_);
            *start_ -= resumed - *time;
            time = resumed;
        } else {
            time = latest_;
        }
    }
    latest_ = time;
    const auto length = duration && *duration > 0 ? to_time(*duration) : std::nullopt;
    step_ = length && *length > 0s && *length <= longest_step ? *length : period_;
    return *time;
}

}  // namespace saccade::media
