#include "saccade/frame_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace saccade {
namespace {

/// Bytes of a row of a plane.
std::ptrdiff_t row_bytes(const Frame& frame, int plane) {
    const PixelLayout layout = layout_of(frame.format);
    std::ptrdiff_t samples = frame.width;
    if (plane > 0) samples = (samples + (1 << layout.chroma_shift_x) - 1) >> layout.chroma_shift_x;
    if (plane > 0 && layout.planes == 2) samples *= 2;
    if (frame.format == PixelFormat::rgb24) samples *= 3;
    return samples * layout.bytes_per_sample;
}

}  // namespace

std::shared_ptr<const void> released_by(std::function<void()> release) {
    // (The pointer only has to be one that is not null: what it points to is never read.)
    static const char token = 0;
    return {&token, [release = std::move(release)](const void*) {
                if (release) release();
            }};
}

Result<void> FrameFeed::check(const Frame& frame) const {
    const auto wrong = [&](const std::string& what) {
        return fail(ErrorCode::invalid_argument, options_.name + ": " + what);
    };
    constexpr int largest = 16'384;
    if (frame.width < 1 || frame.height < 1 || frame.width > largest || frame.height > largest) {
        return wrong(fmt::format("a picture of {}x{} px", frame.width, frame.height));
    }
    const int device = frame.memory == MemoryKind::cuda ? frame.device : -1;
    if (device != options_.device) {
        return wrong(fmt::format("a picture on device {} in a feed of device {} (-1: the host)",
                                 device, options_.device));
    }
    const PixelLayout layout = layout_of(frame.format);
    for (int i = 0; i < layout.planes; ++i) {
        const Plane& plane = frame.planes[static_cast<std::size_t>(i)];
        if (plane.data == nullptr) return wrong(fmt::format("plane {} is missing", i));
        if (plane.stride < row_bytes(frame, i)) {
            return wrong(fmt::format("plane {}: rows of {} bytes are {} apart", i,
                                     row_bytes(frame, i), plane.stride));
        }
    }
    return {};
}

/// Under the lock, here and below.
bool FrameFeed::has_room() const {
    return interrupted_ || ended_ || queue_.size() < std::max<std::size_t>(options_.queue, 1);
}

Result<void> FrameFeed::take(Frame& frame) {
    if (interrupted_) {
        return fail(ErrorCode::interrupted, options_.name + ": the stream has ended");
    }
    if (ended_) {
        return fail(ErrorCode::invalid_argument, options_.name + ": a picture behind the end");
    }
    if (latest_ && frame.pts < *latest_) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("{}: a picture at {} ns after one at {} ns", options_.name,
                                frame.pts.count(), latest_->count()),
                    "give times that don't go backwards");
    }
    latest_ = frame.pts;
    frame.id.index = next_++;
    queue_.push_back({std::move(frame), std::exchange(lost_, {})});
    return {};
}

Result<void> FrameFeed::push(Frame frame) {
    if (auto fits = check(frame); !fits) return fits;
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [&] { return has_room(); });
    if (auto taken = take(frame); !taken) return taken;
    lock.unlock();
    not_empty_.notify_one();
    return {};
}

Result<bool> FrameFeed::push_for(Frame& frame, std::chrono::nanoseconds duration) {
    if (auto fits = check(frame); !fits) return fail(fits.error());
    std::unique_lock lock(mutex_);
    if (!not_full_.wait_for(lock, duration, [&] { return has_room(); })) return false;
    if (auto taken = take(frame); !taken) return fail(taken.error());
    lock.unlock();
    not_empty_.notify_one();
    return true;
}

void FrameFeed::lose(std::string reason) {
    std::lock_guard lock(mutex_);
    if (lost_.empty()) lost_ = reason.empty() ? "data was lost" : std::move(reason);
}

void FrameFeed::end() {
    {
        std::lock_guard lock(mutex_);
        ended_ = true;
    }
    not_empty_.notify_all();
    not_full_.notify_all();
}

std::optional<FrameFeed::Pushed> FrameFeed::next() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [&] { return interrupted_ || ended_ || !queue_.empty(); });
    if (interrupted_ || queue_.empty()) return std::nullopt;
    Pushed pushed = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    not_full_.notify_one();
    return pushed;
}

void FrameFeed::interrupt() noexcept {
    std::deque<Pushed> dropped;  // given back outside of the lock
    {
        std::lock_guard lock(mutex_);
        interrupted_ = true;
        dropped.swap(queue_);
    }
    not_empty_.notify_all();
    not_full_.notify_all();
}

bool FrameFeed::at_end() const {
    std::lock_guard lock(mutex_);
    return ended_ && !interrupted_;
}

bool FrameFeed::claim() noexcept {
    std::lock_guard lock(mutex_);
    return !std::exchange(claimed_, true);
}

}  // namespace saccade
