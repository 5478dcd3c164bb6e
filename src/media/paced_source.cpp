#include "media/paced_source.h"

#include <utility>

namespace saccade::media {

PacedSource::PacedSource(std::unique_ptr<Source> source, const Clock& clock, Sleep sleep)
    : source_(std::move(source)), clock_(clock), sleep_(std::move(sleep)), info_(source_->info()) {
    info_.live = true;
    if (!sleep_) {
        sleep_ = [this](std::chrono::nanoseconds duration) {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, duration, [this] { return interrupted_; });
        };
    }
}

Result<SourceEvent> PacedSource::read() {
    auto event = source_->read();
    if (!event) return event;
    if (auto* change = std::get_if<FormatChanged>(&*event)) {
        change->info.live = true;
        info_ = change->info;
    } else if (std::holds_alternative<Discontinuity>(*event)) {
        anchor_.reset();
    }
    const auto* frame = std::get_if<Frame>(&*event);
    if (frame == nullptr) return event;

    const auto now = clock_.now();
    if (!anchor_) anchor_ = Anchor{now, frame->pts};
    const auto due = anchor_->time + (frame->pts - anchor_->pts);
    if (due > now) sleep_(due - now);
    std::lock_guard lock(mutex_);
    if (interrupted_) return fail(ErrorCode::interrupted, info_.name + ": interrupted");
    return event;
}

void PacedSource::interrupt() noexcept {
    {
        std::lock_guard lock(mutex_);
        interrupted_ = true;
    }
    wake_.notify_all();
    source_->interrupt();
}

}  // namespace saccade::media
