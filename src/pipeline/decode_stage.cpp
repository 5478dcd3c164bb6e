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
    bad_images.insert(bad_images.end(), other.bad_images.begin(), other.bad_images.end());
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
            if (!end_.cut) {
                end_.error = event.error();
                push_held(lane);
            }
            return;
        }
        if (auto* frame = std::get_if<Frame>(&*event)) {
            take(std::move(*frame), before, lane);
        } else if (const auto* begins = std::get_if<media::PartBegins>(&*event)) {
            part_ = begins->number;
            part_frames_ = 0;
        } else if (const auto* ends = std::get_if<media::PartEnds>(&*event)) {
            if (join_ != nullptr && part_) join_->ended(*part_, part_frames_, ends->next);
            push_held(lane);
        } else if (const auto* changed = std::get_if<media::FormatChanged>(&*event)) {
            boundary().format_changed = true;
            boundary().new_size |=
                changed->info.width != size_.width || changed->info.height != size_.height;
            size_ = {changed->info.width, changed->info.height};
        } else if (auto* gap = std::get_if<media::Discontinuity>(&*event);
                   gap != nullptr && gap->outage) {
            // (That a camera was away is no damage: the outage itself is published.)
            boundary().outages.push_back(std::move(*gap->outage));
        } else if (gap != nullptr) {
            boundary().lost_data = true;
            if (boundary().reason.empty()) boundary().reason = gap->reason;
            if (end_.damage.empty()) end_.damage = gap->reason;
            if (gap->image) end_.bad_images.push_back(std::move(*gap->image));
        } else if (const auto* last = std::get_if<media::End>(&*event)) {
            if (!last->damage.empty()) end_.damage = last->damage;
            return;
        }
    }
}

Boundary& DecodeStage::boundary() {
    if (boundary_ == nullptr) boundary_ = std::make_shared<Boundary>();
    return *boundary_;
}

void DecodeStage::take(Frame frame, SteadyTime::time_point before, TraceLane* lane) {
    const auto after = SteadyTime::now();
    times_.add(after - before);
    if (traced(lane)) lane->add(Activity::decode, before, after, frame.id);
    if (controls_ != nullptr && join_ == nullptr) {
        const Controls::Values& values = controls_->read(view_);
        if (!sampler_.takes(frame.pts, values.stride, values.max_fps)) {
            passed_over_.fetch_add(1, std::memory_order_relaxed);
            return;
        }
    }
    ++part_frames_;
    const bool carried = gate_ && !gate_->looks(frame, boundary_ != nullptr);
    if (carried) carried_.fetch_add(1, std::memory_order_relaxed);
    Item item{.frame = std::move(frame),
              .decoded = after,
              .taken = {},
              .part = part_.value_or(0),
              .boundary = std::move(boundary_),
              .carried = carried};
    if (motion_ != nullptr && !carried) {
        auto taken = [&] {
            const Range range("take luma");
            return motion_->take(item.frame);
        }();
        if (!taken) {
            end_.error = taken.error();
            return leave();
        }
        item.picture = std::move(*taken);
    }
    if (join_ == nullptr) return push(std::move(item), lane);
    push_held(lane);
    held_ = std::move(item);
}

void DecodeStage::push(Item item, TraceLane* lane) {
    const FrameId id = item.frame.id;
    const auto before = SteadyTime::now();
    if (join_ != nullptr) join_->admit(item);
    if (!batcher_.push(std::move(item))) return leave();
    if (traced(lane)) lane->add(Activity::queue_full, before, SteadyTime::now(), id);
    if (++frames_ == call_after_) then_();
}

void DecodeStage::leave() {
    end_.cut = true;
    source_.interrupt();  // others that share its file may be waiting for what we leave
}

void DecodeStage::push_held(TraceLane* lane) {
    if (!held_) return;
    push(*std::exchange(held_, std::nullopt), lane);
}

}  // namespace saccade::pipeline
