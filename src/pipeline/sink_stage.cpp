#include "pipeline/sink_stage.h"

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
            } else {
                const auto after = std::chrono::steady_clock::now();
                if (frames_ == 0) first_result_ = after - opened;
                times_.add(after - before);
                latency_.add(after - tracked->item.decoded);
                count(tracked->result);
                if (traced(lane)) lane->add(Activity::sink, before, after, tracked->result.id);
            }
        }
        const bool credit = tracked->item.holds_credit;
        tracked.reset();  // the decoder's surface goes back before its credit does
        if (credit) batcher_.release(stream);
    }
    progress_.objects -= objects_;
}

Result<void> SinkStage::write(const Tracked& tracked) {
    const Range range("sinks");
    for (auto& sink : sinks_) {
        if (auto written = sink->write(tracked.result, tracked.item.frame); !written) {
            return written;
        }
    }
    if (on_result_) on_result_(name_, tracked.result);
    return {};
}

void SinkStage::count(const FrameResult& result) {
    ++frames_;
    detections_ += result.detections.size();
    std::int64_t objects = 0;
    for (const Track& track : result.tracks) {
        if (track.state == TrackState::tentative) continue;
        ids_by_class_[track.class_id].insert(track.id);
        ++objects;
    }
    if (result.tracks.empty()) objects = static_cast<std::int64_t>(result.detections.size());
    progress_.objects += objects - objects_;
    objects_ = objects;
    ++progress_.frames;
}

void SinkStage::report(StreamReport& report) const {
    report.frames = frames_;
    report.detections = detections_;
    for (const auto& [class_id, ids] : ids_by_class_) report.ids_by_class[class_id] = ids.size();
    report.sink = times_;
    report.latency = latency_;
    report.first_result = first_result_;
}

}  // namespace saccade::pipeline
