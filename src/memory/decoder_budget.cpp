#include "memory/decoder_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "core/log.h"
#include "memory/shares.h"

namespace saccade::memory {
namespace {

/// Pictures a decoder keeps for reference and reordering in common streams, the one it works on
/// included. Streams may ask for more (16 of H.264 at small sizes): that is what measuring is for.
std::size_t references(std::string_view codec) {
    constexpr std::array<std::pair<std::string_view, std::size_t>, 8> known{{{"h264", 6},
                                                                             {"hevc", 7},
                                                                             {"vp9", 9},
                                                                             {"av1", 9},
                                                                             {"vp8", 4},
                                                                             {"mpeg4", 3},
                                                                             {"mpeg2video", 3},
                                                                             {"mjpeg", 1}}};
    for (const auto& [name, pictures] : known) {
        if (name == codec) return pictures;
    }
    return 8;
}

/// A hardware decoder has as many surfaces to hand out as to refer to, and two to spare of each
/// kind.
std::size_t surface_bytes(const media::StreamInfo& info) {
    return frame_bytes(info) * 2 * (references(info.codec) + 2);
}

}  // namespace

std::size_t frame_bytes(const media::StreamInfo& info) {
    const PixelLayout layout = layout_of(info.format);
    const std::size_t luma = static_cast<std::size_t>(std::max(info.width, 0)) *
                             static_cast<std::size_t>(std::max(info.height, 0)) *
                             static_cast<std::size_t>(layout.bytes_per_sample);
    if (info.format == PixelFormat::gray8) return luma;
    return luma +
           2 * (luma >> static_cast<unsigned>(layout.chroma_shift_x + layout.chroma_shift_y));
}

std::size_t queue_capacity(const media::StreamInfo& info, std::size_t most, std::size_t limit,
                           std::size_t streams) {
    constexpr std::size_t least = 4, part = 8;
    const std::size_t frame = frame_bytes(info);
    if (limit == 0 || frame == 0) return most;
    const std::size_t fit = limit / part / std::max<std::size_t>(streams, 1) / frame;
    return std::min(most, std::max(fit, least));
}

std::size_t decoders_that_fit(const media::StreamInfo& info, std::size_t queued,
                              std::optional<std::size_t> headroom, std::size_t streams) {
    const std::size_t wanted = std::max<std::size_t>(info.decoders, 1);
    // Seven of 4K and of 8K were seen to take 1.4 to 1.7 times their surfaces on an H100.
    const std::size_t each = surface_bytes(info) * 3 / 2;
    if (!headroom || each == 0) return wanted;
    const std::size_t share =
        saturating_sub(*headroom / std::max<std::size_t>(streams, 1), queued * frame_bytes(info));
    return std::clamp<std::size_t>(share / each, 1, wanted);
}

DecoderNeed decoder_need(const media::StreamInfo& info, std::size_t queued) {
    const std::size_t decoders = std::max<std::size_t>(info.decoders, 1);
    return {.kind = fmt::format("{} {}x{} {} x {}", info.codec, info.width, info.height,
                                static_cast<int>(info.format), decoders),
            .bytes = decoders * surface_bytes(info) + queued * frame_bytes(info)};
}

std::size_t DecoderBudget::expected(const DecoderNeed& need) const {
    if (need.bytes == 0) return 0;
    const auto found = measured_.find(need.kind);
    return found != measured_.end() ? found->second : need.bytes;
}

std::size_t DecoderBudget::settling_bytes() const {
    std::size_t bytes = 0;
    for (const auto& [stream, open] : open_) bytes += open.settling ? open.bytes : 0;
    return bytes;
}

bool DecoderBudget::any_settling() const {
    return std::any_of(open_.begin(), open_.end(),
                       [](const auto& entry) { return entry.second.settling; });
}

/// Of this process, none where there is no limit.
std::optional<std::size_t> DecoderBudget::allowed(const State& memory) const {
    const std::size_t free = saturating_sub(memory.total, memory.others);
    std::size_t line = limit_;
    if (memory.total > 0) line = limit_ == 0 ? free : std::min(limit_, free);
    if (line == 0) return std::nullopt;
    return share_of(line, full_share);
}

std::optional<std::size_t> DecoderBudget::headroom() {
    const State memory = probe_ != nullptr ? probe_->read() : State{};
    if (open_.empty()) held_by_networks_ = memory.used;
    const auto most = allowed(memory);
    if (!most) return std::nullopt;
    return saturating_sub(*most, held_by_networks_);
}

bool DecoderBudget::admit(std::uint32_t stream, const DecoderNeed& need) {
    const std::size_t bytes = expected(need);
    const bool governed = probe_ != nullptr && bytes > 0;
    if (governed) {
        const State memory = probe_->read();
        if (!any_settling()) {
            held_before_ = memory.used;
            since_.clear();
            measurable_ = true;
        }
        // What those that settle have taken already is in `used`.
        const std::size_t pending = saturating_sub(
            settling_bytes(), any_settling() ? saturating_sub(memory.used, held_before_) : 0);
        const auto most = allowed(memory);
        const bool fits = !most || memory.used + pending + bytes + need.under_way <= *most;
        if (!fits && !open_.empty()) return false;
        since_.push_back(need.kind);
    }
    open_[stream] = {need.kind, bytes, governed};
    return true;
}

void DecoderBudget::settled(std::uint32_t stream) {
    const auto found = open_.find(stream);
    if (found == open_.end() || !found->second.settling) return;
    found->second.settling = false;
    if (any_settling() || !measurable_) return;
    const bool alike = std::all_of(since_.begin(), since_.end(),
                                   [&](const std::string& kind) { return kind == since_.front(); });
    const std::size_t grown = saturating_sub(probe_->read().used, held_before_);
    if (!alike || grown == 0) return;
    // The least ever seen: first frames of a run also make the network's own memory grow.
    const std::size_t each = grown / since_.size();
    const auto [entry, fresh] = measured_.try_emplace(found->second.kind, each);
    if (!fresh) entry->second = std::min(entry->second, each);
}

void DecoderBudget::close(std::uint32_t stream) {
    const auto found = open_.find(stream);
    if (found == open_.end()) return;
    open_.erase(found);
    measurable_ = false;
}

bool DecoderAdmission::wait(std::uint32_t stream, const DecoderNeed& need, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    queue_.push_back(stream);
    bool first_look = true;
    while (!stop.stop_requested()) {
        if (queue_.front() == stream && budget_.admit(stream, need)) {
            queue_.pop_front();
            ++changes_;
            changed_.notify_all();
            return true;
        }
        if (std::exchange(first_look, false)) {
            ++waited_;
            log::info("memory: no room for a decoder of {:.0f} MB ({}) beside {} others: it waits",
                      static_cast<double>(budget_.expected(need)) / 1e6, need.kind, budget_.open());
        }
        changed_.wait_for(lock, stop, std::chrono::milliseconds(200),
                          [this, seen = changes_] { return changes_ != seen; });
    }
    std::erase(queue_, stream);
    ++changes_;
    changed_.notify_all();
    return false;
}

std::optional<std::size_t> DecoderAdmission::headroom() {
    std::lock_guard lock(mutex_);
    return budget_.headroom();
}

void DecoderAdmission::settled(std::uint32_t stream) {
    std::lock_guard lock(mutex_);
    budget_.settled(stream);
}

void DecoderAdmission::close(std::uint32_t stream) {
    {
        std::lock_guard lock(mutex_);
        budget_.close(stream);
        ++changes_;
    }
    changed_.notify_all();
}

std::uint64_t DecoderAdmission::waited() const {
    std::lock_guard lock(mutex_);
    return waited_;
}

}  // namespace saccade::memory
