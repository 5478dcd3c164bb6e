#include "track/botsort/appearance.h"

#include <algorithm>
#include <cmath>

namespace saccade::track {
namespace {

/// 1 / length, or 0 where there is no direction.
float inverse_length(std::span<const float> v) {
    double sum = 0;
    for (const float x : v) sum += static_cast<double>(x) * x;
    return std::isfinite(sum) && sum > 0 ? static_cast<float>(1 / std::sqrt(sum)) : 0;
}

}  // namespace

void AppearanceStore::set_dimension(std::size_t dim) {
    if (dim == dim_) return;
    dim_ = dim;
    data_.assign(known_.size() * dim, 0);
    std::fill(known_.begin(), known_.end(), 0);
}

int AppearanceStore::acquire() {
    if (free_.empty()) {
        free_.push_back(static_cast<int>(known_.size()));
        known_.push_back(0);
        data_.resize(known_.size() * dim_);
    }
    const int slot = free_.back();
    free_.pop_back();
    known_[slot] = 0;
    return slot;
}

void AppearanceStore::release(int slot) {
    free_.push_back(slot);
}

void AppearanceStore::see(int slot, std::span<const float> embedding) {
    const float scale = inverse_length(embedding);
    if (scale == 0) return;
    const auto mean = at(slot);
    const float keep = known_[slot] != 0 ? 0.9F : 0.0F;
    for (std::size_t i = 0; i < dim_; ++i) {
        mean[i] = keep * mean[i] + (1 - keep) * scale * embedding[i];
    }
    const float length = inverse_length(mean);
    for (float& x : mean) x *= length;
    known_[slot] = length > 0;
}

float AppearanceStore::distance(int slot, std::span<const float> embedding) const {
    const float scale = known_[slot] != 0 ? inverse_length(embedding) : 0;
    if (scale == 0) return 1;
    const auto mean = at(slot);
    float dot = 0;
    for (std::size_t i = 0; i < dim_; ++i) dot += mean[i] * embedding[i];
    return std::clamp(0.5F * (1 - dot * scale), 0.0F, 1.0F);
}

}  // namespace saccade::track
