// Durations counted in log-linear buckets: a few kilobytes, no allocation, percentiles within 2 %.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

namespace saccade::pipeline {

/// Counts nanoseconds from 0 to about 18 s (longer ones count as that). Buckets are as in HDR
/// Histogram: linear within a power of two, 64 steps each. One writer; merge when it is done.
class Histogram {
  public:
    using Nanoseconds = std::chrono::nanoseconds;

    void add(Nanoseconds duration) noexcept {
        const auto ns = duration.count() > 0 ? static_cast<std::uint64_t>(duration.count()) : 0;
        ++buckets_[bucket(ns)];
        if (count_++ == 0) first_ = ns;
        sum_ += ns;
        if (ns > max_) max_ = ns;
    }

    void merge(const Histogram& other) noexcept {
        for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
        if (count_ == 0) first_ = other.first_;
        count_ += other.count_;
        sum_ += other.sum_;
        if (other.max_ > max_) max_ = other.max_;
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] Nanoseconds sum() const noexcept { return Nanoseconds(sum_); }
    /// The one added first; of merged ones the first's own.
    [[nodiscard]] Nanoseconds first() const noexcept { return Nanoseconds(first_); }
    [[nodiscard]] Nanoseconds max() const noexcept { return Nanoseconds(max_); }
    [[nodiscard]] Nanoseconds mean() const noexcept {
        return Nanoseconds(count_ == 0 ? 0 : sum_ / count_);
    }

    /// The duration below or at which a share `p` (0..1) of all lie; upper edge of its bucket.
    [[nodiscard]] Nanoseconds percentile(double p) const noexcept {
        if (count_ == 0) return Nanoseconds(0);
        auto rank = static_cast<std::uint64_t>(p * static_cast<double>(count_) + 0.5);
        if (rank < 1) rank = 1;
        if (rank > count_) rank = count_;
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            seen += buckets_[i];
            if (seen >= rank) {
                const std::uint64_t edge = upper_edge(i);
                return Nanoseconds(edge < max_ ? edge : max_);
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

    std::array<std::uint64_t, bucket_count> buckets_{};
    std::uint64_t count_ = 0, sum_ = 0, first_ = 0, max_ = 0;
};

}  // namespace saccade::pipeline
