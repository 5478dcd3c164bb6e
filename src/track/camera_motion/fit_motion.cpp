#include "track/camera_motion/fit_motion.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace saccade::track {
namespace {

constexpr std::size_t least_pairs = 12;
constexpr double pixel_tolerance = 1.0;  // px
constexpr int trials = 200;

/// x' = a x - b y + c, y' = b x + a y + d
struct Similarity {
    double a = 1, b = 0, c = 0, d = 0;

    [[nodiscard]] bool agrees(const FlowPair& p) const {
        const double x = a * p.from.x - b * p.from.y + c - p.to.x;
        const double y = b * p.from.x + a * p.from.y + d - p.to.y;
        return x * x + y * y <= pixel_tolerance * pixel_tolerance;
    }
};

/// Least squares over all pairs; nothing where they do not span a plane.
std::optional<Similarity> solve(std::span<const FlowPair> pairs) {
    double fx = 0, fy = 0, tx = 0, ty = 0;
    for (const FlowPair& p : pairs) {
        fx += p.from.x, fy += p.from.y, tx += p.to.x, ty += p.to.y;
    }
    const auto n = static_cast<double>(pairs.size());
    fx /= n, fy /= n, tx /= n, ty /= n;
    double spread = 0, dot = 0, cross = 0;
    for (const FlowPair& p : pairs) {
        const double x = p.from.x - fx, y = p.from.y - fy, u = p.to.x - tx, v = p.to.y - ty;
        spread += x * x + y * y;
        dot += x * u + y * v;
        cross += x * v - y * u;
    }
    if (!(spread > 1)) return std::nullopt;
    const double a = dot / spread, b = cross / spread;
    return Similarity{a, b, tx - a * fx + b * fy, ty - b * fx - a * fy};
}

/// How many agree with `guess`, or any number up to `most` where they are no more than that.
std::size_t agreeing(std::span<const FlowPair> pairs, const Similarity& guess, std::size_t most) {
    constexpr std::size_t chunk = 32;
    std::size_t count = 0;
    for (std::size_t i = 0; i < pairs.size() && count + (pairs.size() - i) > most; i += chunk) {
        for (const FlowPair& p : pairs.subspan(i, std::min(chunk, pairs.size() - i))) {
            count += guess.agrees(p) ? 1 : 0;
        }
    }
    return count;
}

/// A fixed sequence of numbers (Numerical Recipes' quick generator), for the choice of pairs.
class Choices {
  public:
    std::size_t below(std::size_t n) {
        state_ = state_ * 1664525U + 1013904223U;
        return static_cast<std::size_t>((static_cast<std::uint64_t>(state_) * n) >> 32U);
    }

  private:
    std::uint32_t state_ = 1;
};

}  // namespace

std::optional<CameraMotion> MotionFitter::fit(std::span<const FlowPair> pairs) {
    if (pairs.size() < least_pairs) return std::nullopt;
    Choices choices;
    Similarity best;
    std::size_t most = 0;
    for (int trial = 0; trial < trials; ++trial) {
        const std::size_t i = choices.below(pairs.size());
        std::size_t j = choices.below(pairs.size() - 1);
        if (j >= i) ++j;
        const FlowPair two[] = {pairs[i], pairs[j]};
        const auto guess = solve(two);
        if (!guess) continue;
        const std::size_t count = agreeing(pairs, *guess, most);
        if (count > most) {
            most = count;
            best = *guess;
        }
    }
    // Twice: the better fit may win a few more.
    for (int round = 0; round < 2; ++round) {
        agreeing_.clear();
        for (const FlowPair& p : pairs) {
            if (best.agrees(p)) agreeing_.push_back(p);
        }
        if (agreeing_.size() < least_pairs || 3 * agreeing_.size() < pairs.size()) {
            return std::nullopt;
        }
        const auto better = solve(agreeing_);
        if (!better) return std::nullopt;
        best = *better;
    }
    const double zoom = std::hypot(best.a, best.b);
    if (zoom < 0.5 || zoom > 2) return std::nullopt;
    return CameraMotion{best.a, -best.b, best.c, best.b, best.a, best.d};
}

}  // namespace saccade::track
