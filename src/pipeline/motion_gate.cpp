#include "pipeline/motion_gate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace saccade::pipeline {
namespace {

constexpr int cell_side = 12;      // px at most of small pictures; larger ones have larger cells
constexpr int most_columns = 160;  // cells
constexpr int rows_of_a_cell = 4;  // that are read
constexpr int unit = 16;           // of a level
constexpr int least_change = 4 * unit;
constexpr double noises = 6;
constexpr double median_to_sigma = 1 / 0.6745;
constexpr int most_difference = 256 * unit;
/// A frame that comes this much later than usual is looked at: who knows what happened.
constexpr int unusual_steps = 3;
constexpr std::chrono::milliseconds long_step{500};

/// Luma samples of a row, whose high byte is `offset` bytes into each of `step` bytes.
struct Samples {
    int step = 1, offset = 0;
    int shift = 0;  ///< bits that two bytes have to go down by; 0: one byte is all
};

Samples samples_of(PixelFormat format) {
    switch (format) {
        case PixelFormat::rgb24: return {3, 1, 0};  // green is most of luma
        case PixelFormat::p010: return {2, 1, 0};
        case PixelFormat::i420p10:
        case PixelFormat::i422p10:
        case PixelFormat::i444p10: return {2, 0, 2};
        default: return {};
    }
}

unsigned sum_of(const std::uint8_t* row, int from, int to, const Samples& samples) {
    unsigned sum = 0;
    if (samples.step == 1) {
        for (int x = from; x < to; ++x) sum += row[x];
        return sum;
    }
    for (int x = from; x < to; ++x) {
        const std::uint8_t* const at = row + static_cast<std::ptrdiff_t>(x) * samples.step;
        sum += samples.shift > 0 ? (unsigned{at[0]} | unsigned{at[1]} << 8U) >> samples.shift
                                 : at[samples.offset];
    }
    return sum;
}

/// By counting: values of 0 to most_difference.
int median_of(const std::vector<std::int16_t>& values, int offset, bool sizes) {
    std::array<unsigned, 2 * most_difference + 1> counts{};
    const auto place = [&](int value) {
        return sizes ? std::abs(value - offset) : value + most_difference;
    };
    for (const int value : values) {
        ++counts[static_cast<std::size_t>(std::clamp(place(value), 0, 2 * most_difference))];
    }
    std::size_t left = values.size() / 2;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > left) return static_cast<int>(i) - (sizes ? 0 : most_difference);
        left -= counts[i];
    }
    return 0;
}

}  // namespace

bool MotionGate::looks(const Frame& frame, bool must) {
    const Timestamp step = before_ ? frame.pts - *before_ : Timestamp{0};
    const bool late = step > long_step && step > unusual_steps * step_;
    before_ = frame.pts;
    step_ = step;
    if (frame.memory != MemoryKind::host || frame.planes[0].data == nullptr) return true;
    shrink(frame);
    const bool motion = moved();
    if (motion || !moved_at_) moved_at_ = frame.pts;
    const bool settling = frame.pts - *moved_at_ < options_.settle;
    const bool due = !looked_ || frame.pts - *looked_ >= options_.look_every;
    if (!motion && !settling && !due && !late && !must) return false;
    looked_ = frame.pts;
    std::swap(cells_, reference_);
    return true;
}

void MotionGate::shrink(const Frame& frame) {
    const int columns = std::clamp((frame.width + cell_side - 1) / cell_side, 1, most_columns);
    const int rows = std::clamp(columns * frame.height / std::max(frame.width, 1), 1,
                                std::min(frame.height, 4 * most_columns));
    if (columns != columns_ || rows != rows_) reference_.clear();
    columns_ = columns;
    rows_ = rows;
    cells_.resize(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    const Samples samples = samples_of(frame.format);
    std::vector<unsigned> sums(static_cast<std::size_t>(columns));
    for (int r = 0; r < rows; ++r) {
        const int top = r * frame.height / rows;
        const int bottom = std::max((r + 1) * frame.height / rows, top + 1);
        const int read = std::min(rows_of_a_cell, bottom - top);
        std::fill(sums.begin(), sums.end(), 0U);
        for (int i = 0; i < read; ++i) {
            const int y = top + (2 * i + 1) * (bottom - top) / (2 * read);
            const std::uint8_t* const row = frame.planes[0].data + frame.planes[0].stride * y;
            for (int c = 0; c < columns; ++c) {
                sums[static_cast<std::size_t>(c)] +=
                    sum_of(row, c * frame.width / columns,
                           std::max((c + 1) * frame.width / columns, c * frame.width / columns + 1),
                           samples);
            }
        }
        for (int c = 0; c < columns; ++c) {
            const int wide =
                std::max((c + 1) * frame.width / columns - c * frame.width / columns, 1);
            const auto count = static_cast<unsigned>(wide * read);
            cells_[static_cast<std::size_t>(r * columns + c)] = static_cast<std::uint16_t>(
                (sums[static_cast<std::size_t>(c)] * unit + count / 2) / count);
        }
    }
}

bool MotionGate::moved() {
    if (reference_.size() != cells_.size()) return true;
    differences_.resize(cells_.size());
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        differences_[i] = static_cast<std::int16_t>(static_cast<int>(cells_[i]) -
                                                    static_cast<int>(reference_[i]));
    }
    const int light = median_of(differences_, 0, false);
    noise_ = median_of(differences_, light, true) * median_to_sigma / unit;
    const int enough =
        std::max(least_change, static_cast<int>(std::lround(noises * noise_ * unit)));
    return std::any_of(differences_.begin(), differences_.end(),
                       [&](int difference) { return std::abs(difference - light) > enough; });
}

}  // namespace saccade::pipeline
