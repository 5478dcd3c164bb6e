// Whether anything moves in a picture, cheaply enough to be asked of every frame.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/frame.h"
#include "saccade/types.h"

namespace saccade::pipeline {

struct MotionGateOptions {
    std::chrono::nanoseconds look_every = std::chrono::seconds(2);  ///< at least
    /// How long it goes on looking behind the last motion: one look may miss an object.
    std::chrono::nanoseconds settle = std::chrono::milliseconds(500);
};

/// Compares a small picture of cells, each the mean of some luma samples, with that of the latest
/// look: so what moves ever so slowly adds up until it is seen. A cell has changed where it differs
/// by more than 4 levels of 256 and by more than 6 times the noise, which is told from all cells:
/// the median of the differences' sizes is 0.67 standard deviations of what no object causes
/// (sensor, compression). What all cells have in common (the light) is taken off. One changed cell
/// opens the gate, with the frame that shows it.
///
/// Follows from pictures and times alone, so equal input gives equal choices. One thread.
class MotionGate {
  public:
    explicit MotionGate(const MotionGateOptions& options) : options_(options) {}

    /// Whether the frame is to be looked at. `must`: it is in any case. Pictures that are not in
    /// the host's memory always are.
    bool looks(const Frame& frame, bool must);

    /// Standard deviation of a cell by the latest comparison, in levels of 256.
    [[nodiscard]] double noise() const noexcept { return noise_; }

  private:
    void shrink(const Frame& frame);
    [[nodiscard]] bool moved();

    const MotionGateOptions options_;
    int columns_ = 0, rows_ = 0;
    std::vector<std::uint16_t> cells_, reference_;  ///< 16ths of a level
    std::vector<std::int16_t> differences_;
    std::optional<Timestamp> looked_, moved_at_, before_;
    Timestamp step_{0};  ///< between the two frames before
    double noise_ = 0;
};

}  // namespace saccade::pipeline
