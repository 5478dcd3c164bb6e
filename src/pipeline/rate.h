// How many frames a second there were lately, read while it is counted.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace saccade::pipeline {

/// Counts in tenths of a second over the last two. One writer, any reader; no lock.
class Rate {
  public:
    using Time = std::chrono::steady_clock::time_point;

    void add(Time now) noexcept {
        const std::uint64_t slot = slot_of(now);
        std::atomic<std::uint64_t>& cell = cells_[slot % cells];
        const std::uint64_t held = cell.load(std::memory_order_relaxed);
        const std::uint64_t count = slot_in(held) == low(slot) ? count_in(held) + 1 : 1;
        cell.store(low(slot) << 32U | count, std::memory_order_relaxed);
        if (first_.load(std::memory_order_relaxed) == 0) {
            first_.store(slot + 1, std::memory_order_relaxed);
        }
    }

    /// Over the whole tenths that lie in the last two seconds; over fewer where it began later.
    [[nodiscard]] double per_second(Time now) const noexcept {
        const std::uint64_t slot = slot_of(now), first = first_.load(std::memory_order_relaxed);
        if (first == 0) return 0;
        const std::uint64_t age = slot + 1 > first ? slot + 1 - first : 0;
        const std::uint64_t span = age < span_of_slots ? age : span_of_slots;
        if (span == 0) return 0;
        std::uint64_t count = 0;
        for (const auto& cell : cells_) {
            const std::uint64_t held = cell.load(std::memory_order_relaxed);
            const std::uint64_t back = (low(slot) - slot_in(held)) & 0xFFFFFFFFU;
            if (back >= 1 && back <= span) count += count_in(held);
        }
        return static_cast<double>(count) * slots_a_second / static_cast<double>(span);
    }

  private:
    static constexpr std::uint64_t span_of_slots = 20, cells = 32;
    static constexpr double slots_a_second = 10;

    static std::uint64_t slot_of(Time now) noexcept {
        return static_cast<std::uint64_t>(now.time_since_epoch() / std::chrono::milliseconds(100));
    }
    static std::uint64_t low(std::uint64_t slot) noexcept { return slot & 0xFFFFFFFFU; }
    static std::uint64_t slot_in(std::uint64_t cell) noexcept { return cell >> 32U; }
    static std::uint64_t count_in(std::uint64_t cell) noexcept { return cell & 0xFFFFFFFFU; }

    std::array<std::atomic<std::uint64_t>, cells> cells_{};  ///< slot << 32 | frames in it
    std::atomic<std::uint64_t> first_{0};                    ///< slot + 1 of the first; 0: none yet
};

}  // namespace saccade::pipeline
