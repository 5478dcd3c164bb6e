#include "profile/replay.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <list>
#include <queue>

namespace saccade::profile {
namespace {

constexpr double never = std::numeric_limits<double>::infinity();
enum : std::size_t { decode, preprocess, network, postprocess, track, sink };

/// One stream: when its decoder gets each frame into its queue, and what becomes of it behind the
/// device. All times follow from those of earlier frames.
class StreamReplay {
  public:
    StreamReplay(const StreamCosts& costs, const Scenario& scenario, std::size_t queue,
                 std::size_t credit, double start)
        : costs_(costs), scenario_(scenario), queue_(queue), credit_(credit) {
        decoder_free_ = start + costs.open;
        end_ = decoder_free_ + costs.finish;
    }

    [[nodiscard]] bool all_taken() const { return taken_.size() == costs_.frames.size(); }
    [[nodiscard]] bool all_done() const { return sunk_.size() == costs_.frames.size(); }
    [[nodiscard]] double end() const { return end_; }
    [[nodiscard]] double cost(std::size_t frame, std::size_t stage) const {
        return static_cast<double>(costs_.frames[frame].seconds[stage]) * scenario_.work[stage];
    }
    [[nodiscard]] std::size_t next() const { return taken_.size(); }

    /// When the k-th frame not yet taken can be taken; never where that hangs on results to come.
    double ready(std::size_t k) {
        const std::size_t frame = taken_.size() + k;
        if (frame >= costs_.frames.size()) return never;
        while (pushed_.size() <= frame) {
            const std::size_t i = pushed_.size();
            if (i >= queue_ && i - queue_ >= taken_.size()) return never;
            const double decoded = decoder_free_ + cost(i, decode);
            pushed_.push_back(i >= queue_ ? std::max(decoded, taken_[i - queue_]) : decoded);
            decoder_free_ = pushed_.back();
        }
        if (frame < credit_) return pushed_[frame];
        if (frame - credit_ >= sunk_.size()) return never;
        return std::max(pushed_[frame], sunk_[frame - credit_]);
    }

    void take(double now) { taken_.push_back(now); }

    void deliver(double now) {
        const std::size_t i = sunk_.size();
        const double tracked = std::max(now, tracker_free_) + cost(i, track);
        tracker_free_ = i >= queue_ ? std::max(tracked, sink_began_[i - queue_]) : tracked;
        sink_began_.push_back(std::max(tracker_free_, i > 0 ? sunk_.back() : 0.0));
        sunk_.push_back(sink_began_.back() + cost(i, sink));
        end_ = sunk_.back() + costs_.finish;
    }

  private:
    const StreamCosts& costs_;
    const Scenario& scenario_;
    std::size_t queue_, credit_;
    double decoder_free_ = 0, tracker_free_ = 0, end_ = 0;
    std::vector<double> pushed_, taken_, sink_began_, sunk_;  ///< by frame
};

/// The device: one thread that fills and empties slots, and the servers that work on them.
class DeviceReplay {
  public:
    DeviceReplay(const Measurement& m, const Scenario& scenario)
        : measured_(m),
          scenario_(scenario),
          batch_(static_cast<std::size_t>(std::max(1, m.batch))),
          slots_(static_cast<std::size_t>(std::max(1, m.slots))) {
        queue_ = std::max<std::size_t>(
            1, static_cast<std::size_t>(static_cast<double>(m.queue) * scenario.queue));
        for (std::size_t i = 0; i < std::max<std::size_t>(slots_ - 1, 1); ++i) servers_.push(0);
        for (std::size_t i = 0; i < std::max<std::size_t>(m.streams, 1); ++i) admit(0);
    }

    double run() {
        while (!streams_.empty()) {
            if (under_way_.size() < slots_ && submit()) continue;
            if (under_way_.empty()) break;  // can't be: something is always to come
            collect();
        }
        return end_;
    }

  private:
    struct Batch {
        std::vector<StreamReplay*> streams;
        std::vector<std::size_t> frames;
        double done = 0;
    };

    void admit(double start) {
        while (next_stream_ < measured_.costs.size()) {
            const StreamCosts& costs = measured_.costs[next_stream_++];
            if (costs.frames.empty()) continue;
            streams_.emplace_back(costs, scenario_, queue_, queue_ + batch_ * slots_, start);
            return;
        }
    }

    /// Times at which frames can be taken, at most one batch of each stream, the soonest first.
    std::vector<double> arrivals() {
        std::vector<double> times;
        for (StreamReplay& stream : streams_) {
            for (std::size_t k = 0; k < batch_; ++k) {
                const double time = stream.ready(k);
                if (time == never) break;
                times.push_back(time);
            }
        }
        std::sort(times.begin(), times.end());
        return times;
    }

    /// Fills a slot if there is work for it, waiting for it where the device is idle.
    bool submit() {
        const std::vector<double> times = arrivals();
        if (times.empty()) return false;
        const bool full = times.size() >= batch_;
        const double complete = full ? times[batch_ - 1] : times.back();
        if (!under_way_.empty()) {
            if (complete > std::max(now_, under_way_.front().done)) return false;
            now_ = std::max(now_, complete);
        } else {
            constexpr double max_wait = 0.1;  // BatcherOptions
            now_ = std::max(now_, std::min(complete, std::max(now_, times.front()) + max_wait));
        }
        Batch batch;
        while (batch.streams.size() < batch_) {
            StreamReplay* soonest = nullptr;
            for (StreamReplay& stream : streams_) {
                if (stream.ready(0) > now_) continue;
                if (soonest == nullptr || stream.ready(0) < soonest->ready(0)) soonest = &stream;
            }
            if (soonest == nullptr) break;
            batch.streams.push_back(soonest);
            batch.frames.push_back(soonest->next());
            soonest->take(now_);
        }
        double work = 0;
        for (std::size_t i = 0; i < batch.frames.size(); ++i) {
            now_ += batch.streams[i]->cost(batch.frames[i], preprocess);
            work += batch.streams[i]->cost(batch.frames[i], network);
        }
        batch.done = std::max(now_, servers_.top()) + work;
        servers_.pop();
        servers_.push(batch.done);
        under_way_.push_back(std::move(batch));
        return true;
    }

    void collect() {
        const Batch batch = std::move(under_way_.front());
        under_way_.pop_front();
        now_ = std::max(now_, batch.done);
        for (std::size_t i = 0; i < batch.frames.size(); ++i) {
            now_ += batch.streams[i]->cost(batch.frames[i], postprocess);
        }
        for (StreamReplay* stream : batch.streams) stream->deliver(now_);
        for (auto it = streams_.begin(); it != streams_.end();) {
            if (!it->all_done()) {
                ++it;
                continue;
            }
            const double over = it->end();
            end_ = std::max(end_, over);
            it = streams_.erase(it);
            admit(over);
        }
    }

    const Measurement& measured_;
    const Scenario& scenario_;
    std::size_t batch_, slots_, queue_ = 1, next_stream_ = 0;
    double now_ = 0, end_ = 0;
    std::priority_queue<double, std::vector<double>, std::greater<>> servers_;  ///< when free
    std::deque<Batch> under_way_;
    std::list<StreamReplay> streams_;  ///< open now; batches under way point into it
};

}  // namespace

double replay_seconds(const Measurement& measured, const Scenario& scenario) {
    return DeviceReplay(measured, scenario).run();
}

double predicted_fps(const Measurement& measured, const Scenario& scenario) {
    double cpu_ms = measured.other_cpu_ms;
    for (std::size_t s = 0; s < stage_count; ++s) {
        cpu_ms += measured.stages[s].cpu_ms * scenario.work[s];
    }
    const auto frames = static_cast<double>(measured.frames);
    const double cpu_seconds = cpu_ms / 1e3 * frames / (scenario.cores * measured.cores);
    const double seconds = std::max(replay_seconds(measured, scenario), cpu_seconds);
    return seconds > 0 ? frames / seconds : 0;
}

double predicted_speedup(const Measurement& measured, const Scenario& scenario) {
    const double now = predicted_fps(measured);
    return now > 0 ? predicted_fps(measured, scenario) / now : 1;
}

}  // namespace saccade::profile
