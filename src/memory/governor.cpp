#include "memory/governor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "memory/shares.h"

namespace saccade::memory {
namespace {

constexpr double calm_share = 0.85;  // of the limit: below, the next crossing is a new one

double mb(std::size_t bytes) {
    return static_cast<double>(bytes) / 1e6;
}

}  // namespace

Governor::Governor(const GovernorOptions& options, int max_batch, Probe* probe, const Clock& clock)
    : options_(options),
      max_batch_(std::max(max_batch, 1)),
      probe_(probe),
      clock_(clock),
      batch_(max_batch_) {
    report_.max_batch = report_.smallest_batch = max_batch_;
    trouble_ = clock_.now();
    read_probe();
}

std::size_t Governor::limit() const {
    if (memory_.total == 0) return options_.limit;
    return options_.limit == 0 ? memory_.total : std::min(options_.limit, memory_.total);
}

void Governor::read_probe() {
    if (probe_ == nullptr) return;
    memory_ = probe_->read();
    read_ = clock_.now();
    ++report_.readings;
    report_.peak = std::max(report_.peak, memory_.used);
    report_.others_peak = std::max(report_.others_peak, memory_.others);
    for (auto& [stream, peak] : streams_) peak = std::max(peak, memory_.used);
}

Governor::Decision Governor::next(const Use& use) {
    use_ = use;
    const bool unmeasured = use_.per_image == 0 && batch_ > largest_;
    if (probe_ != nullptr && (unmeasured || clock_.now() - read_ >= options_.interval))
        read_probe();
    if (unmeasured) before_ = memory_.used;
    watch_limit();
    fit();
    grow();
    const bool trim = std::exchange(trim_, false);
    if (trim) ++report_.trims;
    return {batch_, trim};
}

/// One image less when the warning line is crossed, and none more until well below it.
void Governor::watch_limit() {
    const std::size_t line = limit();
    if (line == 0 || probe_ == nullptr) return;
    if (memory_.used < share_of(line, calm_share)) above_ = false;
    if (memory_.used <= share_of(line, full_share)) return;
    trouble_ = clock_.now();
    if (std::exchange(above_, true)) return;
    ++report_.warnings;
    trim_ = true;
    shrink(batch_ - 1);
    log::warning("memory: {:.0f} MB of at most {:.0f} MB are in use: batches of {} now",
                 mb(memory_.used), mb(line), batch_);
}

std::size_t Governor::image() const {
    return use_.per_image > 0 ? use_.per_image : measured_;
}

/// Bytes that images may take. What they hold already is theirs.
std::size_t Governor::available() const {
    const std::size_t others_leave =
        memory_.total > 0 ? saturating_sub(memory_.total, memory_.others) : limit();
    std::size_t own =
        image() * static_cast<std::size_t>(use_.per_image > 0 ? max_batch_ : largest_);
    if (use_.per_image > 0) own = std::min(own, use_.held);
    return saturating_sub(std::min(limit(), others_leave), saturating_sub(memory_.used, own));
}

int Governor::fitting() const {
    if (probe_ == nullptr || image() == 0 || limit() == 0) return max_batch_;
    const std::size_t images = share_of(available(), image_share) / image();
    return static_cast<int>(
        std::clamp<std::size_t>(images, 1, static_cast<std::size_t>(max_batch_)));
}

void Governor::fit() {
    const int images = fitting();
    if (images >= batch_) return;
    trouble_ = clock_.now();
    ++report_.fitted;
    log::info(
        "memory: {:.0f} MB are available at {:.1f} MB an image, others hold {:.0f} MB: "
        "batches of {} instead of {}",
        mb(available()), mb(image()), mb(memory_.others), images, batch_);
    shrink(images);
}

void Governor::grow() {
    if (batch_ == max_batch_ || clock_.now() - trouble_ < options_.quiet) return;
    trouble_ = clock_.now();
    if (fitting() <= batch_) return;
    ++batch_;
    ++report_.grown;
    log::info("memory: no trouble for {:.1f} s: batches of {} instead of {}",
              std::chrono::duration<double>(options_.quiet).count(), batch_, batch_ - 1);
}

void Governor::shrink(int batch) {
    batch_ = std::clamp(batch, 1, batch_);
    report_.smallest_batch = std::min(report_.smallest_batch, batch_);
}

void Governor::done(int batch) {
    failed_ = 0;
    if (batch <= largest_) return;
    if (probe_ != nullptr && use_.per_image == 0) {
        read_probe();
        const auto more = static_cast<std::size_t>(batch - largest_);
        measured_ = std::max(measured_, saturating_sub(memory_.used, before_) / more);
    }
    largest_ = batch;
}

std::optional<std::chrono::nanoseconds> Governor::out_of_memory(int batch) {
    ++report_.out_of_memory;
    trim_ = true;
    read_probe();
    trouble_ = clock_.now();
    const int old = batch_;
    shrink(batch / 2);
    const auto level = report_.out_of_memory == 1 ? log::Level::warning : log::Level::info;
    if (log::enabled(level)) {
        log::write(level, fmt::format("memory: none was left for a batch of {}: its frames are run "
                                      "again, batches of {} instead of {}",
                                      batch, batch_, old));
    }
    if (batch > 1) return std::chrono::nanoseconds(0);
    if (++failed_ >= tries) return std::nullopt;
    return options_.pause * (1 << (failed_ - 1));
}

void Governor::open_stream(std::uint32_t stream) {
    streams_[stream] = 0;
    read_probe();
}

std::size_t Governor::close_stream(std::uint32_t stream) {
    read_probe();
    const auto found = streams_.find(stream);
    if (found == streams_.end()) return 0;
    const std::size_t peak = found->second;
    streams_.erase(found);
    // What the next stream doesn't need shall not stand in its way.
    if (above_) trim_ = true;
    return peak;
}

GovernorReport Governor::report() const {
    GovernorReport report = report_;
    report.limit = limit();
    report.per_image = image();
    report.batch = batch_;
    return report;
}

}  // namespace saccade::memory
