#include "pipeline/sink_stage.h"

#include <utility>

#include "core/range.h"

namespace saccade::pipeline {

void SinkStage::run(std::chrono::steady_clock::time_point opened, TraceLane* lane) {
    while (auto tracked = in_.pop()) {
        const std::uint32_t stream = tracked->result.id.stream;
        if (!error_) {
            const auto before = std::chrono::steady_clock::now();
            if (auto written = write(*tracked); !written) {
                error_ = written.error();
                give_up_();
            } else if (*written) {
                const auto after = std::chrono::steady_clock::now();
                times_.add(after - before);
                const Frame& frame = tracked->item.frame;
                const bool received = frame.received != std::chrono::steady_clock::time_point{};
                latency_.add(after - (received ? frame.received : tracked->item.decoded));
                if (frame.sender && frame.sender->synced) {
                    const auto late =
                        std::chrono::system_clock::now().time_since_epoch() - frame.sender->at;
                    // (Before it was taken: the clocks don't agree, and nothing is known.)
                    if (late.count() >= 0) sender_latency_.add(late);
                }
                rate_.add(after);
                {
                    std::lock_guard lock(mutex_);
                    if (frames_ == 0) first_result_ = after - opened;
                    count(tracked->result);
                }
                if (traced(lane)) lane->add(Activity::sink, before, after, tracked->result.id);
            }
        }
        const bool credit = tracked->item.holds_credit;
        tracked.reset();  // the decoder's surface goes back before its credit does
        if (credit) batcher_.release(stream);
    }
    progress_.objects -= objects_;
}

Result<bool> SinkStage::write(Tracked& tracked) {
    const Range range("sinks");
    if (editor_ != nullptr) {
        auto edited = editor_->edit(tracked.result, tracked.item.frame);
        if (!edited) return fail(edited.error());
        tracked.item.frame = std::move(*edited);
    }
    for (auto& sink : sinks_) {
        if (auto written = sink->write(tracked.result, tracked.item.frame); !written) {
            return fail(written.error());
        }
    }
    return !on_result_ || on_result_(tracked.result, tracked.item.frame);
}

void SinkStage::count(const FrameResult& result) {
    ++frames_;
    if (result.boundary != nullptr) ++boundaries_;
    detections_ += result.detections.size();
    std::int64_t objects = 0;
    for (const Track& track : result.tracks) {
        if (track.state == TrackState::tentative) continue;
        ids_.add(track.class_id, track.id);
        ++objects;
    }
    if (result.tracks.empty()) objects = static_cast<std::int64_t>(result.detections.size());
    progress_.objects += objects - objects_;
    objects_ = objects;
    ++progress_.frames;
}

void SinkStage::report(StreamReport& report) const {
    std::lock_guard lock(mutex_);
    report.frames = frames_;
    report.detections = detections_;
    report.ids_by_class = ids_.counts();
    report.sink = times_;
    report.latency = latency_;
    report.sender_latency = sender_latency_;
    report.first_result = first_result_;
}

void SinkStage::look(StreamSnapshot& snapshot) const {
    {
        std::lock_guard lock(mutex_);
        snapshot.frames = frames_;
        snapshot.detections = detections_;
        snapshot.objects = objects_;
        snapshot.boundaries = boundaries_;
    }
    snapshot.fps = rate_.per_second(std::chrono::steady_clock::now());
    snapshot.latency = latency_of(latency_);
    snapshot.sender_latency = latency_of(sender_latency_);
}

}  // namespace saccade::pipeline
