#include "pipeline/decode_stage.h"

#include <utility>
#include <variant>

#include "core/range.h"

namespace saccade::pipeline {

using SteadyTime = std::chrono::steady_clock;

void DecodeEnd::merge(const DecodeEnd& other) {
    cut = cut || other.cut;
    if (!error) error = other.error;
    if (damage.empty()) damage = other.damage;
}

void DecodeStage::run(TraceLane* lane) {
    while (!end_.cut) {
        const auto before = SteadyTime::now();
        auto event = [&] {
            const Range range("decode");
            return source_.read();
        }();
        if (!event) {
            end_.cut = event.error().code == ErrorCode::interrupted;
            if (!end_.cut) end_.error = event.error();
            return;
        }
        if (auto* frame = std::get_if<Frame>(&*event)) {
            take(std::move(*frame), before, lane);
        } else if (const auto* begins = std::get_if<media::PartBegins>(&*event)) {
            end_part();
            part_ = begins->number;
        } else if (const auto* gap = std::get_if<media::Discontinuity>(&*event)) {
            if (end_.damage.empty()) end_.damage = gap->reason;
        } else if (const auto* last = std::get_if<media::End>(&*event)) {
            end_part();
            if (!last->damage.empty()) end_.damage = last->damage;
            return;
        }
    }
}

void DecodeStage::take(Frame frame, SteadyTime::time_point before, TraceLane* lane) {
    const auto after = SteadyTime::now();
    times_.add(after - before);
    const FrameId id = frame.id;
    if (traced(lane)) lane->add(Activity::decode, before, after, id);
    if (!batcher_.push({.frame = std::move(frame), .decoded = after, .taken = {}, .part = part_.value_or(0)})) {
        end_.cut = true;
        return;
    }
    if (traced(lane)) lane->add(Activity::queue_full, after, SteadyTime::now(), id);
    ++part_frames_;
    if (++frames_ == call_after_) then_();
}

void DecodeStage::end_part() {
    if (join_ != nullptr && part_) join_->ended(*part_, part_frames_);
    part_frames_ = 0;
}

}  // namespace saccade::pipeline
