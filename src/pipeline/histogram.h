// Durations counted in log-linear buckets: a few kilobytes, no allocation, percentiles within 2 %.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>

namespace saccade::pipeline {

/// Counts nanoseconds from 0 to about 18 s (longer ones count as that). Buckets are as in HDR
/// Histogram: linear within a power of two, 64 steps each. One writer at a time; any thread may
/// read or copy meanwhile, and sees each figure as it was a moment ago.
class Histogram {
  public:
    using Nanoseconds = std::chrono::nanoseconds;

    void add(Nanoseconds duration) noexcept {
        const auto ns = duration.count() > 0 ? static_cast<std::uint64_t>(duration.count()) : 0;
        const std::size_t at = bucket(ns);
        if (count_ == 0) {
            first_ = ns;
            lowest_ = at;
            highest_ = at;
        }
        if (at < lowest_) lowest_ = at;
        if (at > highest_) highest_ = at;
        buckets_[at].add(1);
        sum_.add(ns);
        if (ns > max_) max_ = ns;
        count_.add(1);
    }

    void merge(const Histogram& other) noexcept {
        if (other.count_ == 0) return;
        if (count_ == 0) {
            first_ = other.first_;
            lowest_ = other.lowest_;
            highest_ = other.highest_;
        }
        if (other.lowest_ < lowest_) lowest_ = other.lowest_;
        if (other.highest_ > highest_) highest_ = other.highest_;
        for (std::size_t i = other.lowest_; i <= other.highest_; ++i) {
            buckets_[i].add(other.buckets_[i]);
        }
        sum_.add(other.sum_);
        if (other.max_ > max_) max_ = other.max_;
        count_.add(other.count_);
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] Nanoseconds sum() const noexcept { return Nanoseconds(std::uint64_t{sum_}); }
    /// The one added first; of merged ones the first's own.
    [[nodiscard]] Nanoseconds first() const noexcept { return Nanoseconds(std::uint64_t{first_}); }
    [[nodiscard]] Nanoseconds max() const noexcept { return Nanoseconds(std::uint64_t{max_}); }
    [[nodiscard]] Nanoseconds mean() const noexcept {
        const std::uint64_t count = count_;
        return Nanoseconds(count == 0 ? 0 : sum_ / count);
    }

    /// The duration below or at which a share `p` (0..1) of all lie; upper edge of its bucket.
    [[nodiscard]] Nanoseconds percentile(double p) const noexcept {
        const std::uint64_t count = count_;
        if (count == 0) return Nanoseconds(0);
        auto rank = static_cast<std::uint64_t>(p * static_cast<double>(count) + 0.5);
        if (rank < 1) rank = 1;
        if (rank > count) rank = count;
        std::uint64_t seen = 0;
        const std::size_t end = highest_ + 1;
        for (std::size_t i = lowest_; i < end; ++i) {
            seen += buckets_[i];
            if (seen >= rank) {
                const std::uint64_t edge = upper_edge(i), most = max_;
                return Nanoseconds(edge < most ? edge : most);
            }
        }
        return max();
    }

  private:
    static constexpr unsigned step_bits = 6;  // 64 steps a power of two
    static constexpr unsigned max_bits = 34;  // 2^34 ns = 17.2 s
    static constexpr std::size_t bucket_count = (max_bits - step_bits + 1) << step_bits;

    static std::size_t bucket(std::uint64_t ns) noexcept {
        if (ns >= (std::uint64_t{1} << max_bits)) return bucket_count - 1;
        if (ns < (std::uint64_t{1} << step_bits)) return static_cast<std::size_t>(ns);
        const auto shift = static_cast<unsigned>(std::bit_width(ns)) - 1 - step_bits;
        const std::uint64_t step = (ns >> shift) - (std::uint64_t{1} << step_bits);
        return ((shift + std::size_t{1}) << step_bits) + static_cast<std::size_t>(step);
    }

    static std::uint64_t upper_edge(std::size_t index) noexcept {
        if (index < (std::size_t{1} << step_bits)) return index;
        const std::size_t shift = (index >> step_bits) - 1;
        const std::size_t step = index & ((std::size_t{1} << step_bits) - 1);
        return ((((std::uint64_t{1} << step_bits) + step + 1) << shift)) - 1;
    }

    /// Written by one thread without a locked instruction, read by any.
    class Figure {
      public:
        Figure() = default;
        Figure(const Figure& other) noexcept : value_(other) {}
        Figure& operator=(const Figure& other) noexcept { return *this = std::uint64_t(other); }
        Figure& operator=(std::uint64_t value) noexcept {
            value_.store(value, std::memory_order_relaxed);
            return *this;
        }
        void add(std::uint64_t more) noexcept { *this = *this + more; }
        operator std::uint64_t() const noexcept {  // NOLINT: it stands for the number
            return value_.load(std::memory_order_relaxed);
        }

      private:
        std::atomic<std::uint64_t> value_{0};
    };

    std::array<Figure, bucket_count> buckets_{};
    Figure count_, sum_, first_, max_;
    Figure lowest_, highest_;  ///< buckets that hold any, once there is one
};

}  // namespace saccade::pipeline
