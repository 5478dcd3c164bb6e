// Objects on known paths: what the tracker tests watch.
#pragma once

#include <cmath>
#include <random>
#include <vector>

#include "saccade/types.h"

namespace saccade::test {

/// People walking on a plane of 1920 x 1080, each on a straight line and back from the border.
/// Deterministic: everything depends on the seed and on the time asked for.
class Scene {
  public:
    explicit Scene(int objects, unsigned seed = 1, float width = 1920, float height = 1080)
        : width_(width), height_(height) {
        std::mt19937 random(seed);
        const auto uniform = [&](float low, float high) {
            return low + (high - low) * static_cast<float>(random() % 10007) / 10006.0F;
        };
        for (int i = 0; i < objects; ++i) {
            const float h = uniform(60, 160);
            objects_.push_back({uniform(50, width - 100), uniform(50, height - 200), 0.4F * h, h,
                                uniform(-60, 60), uniform(-30, 30)});
        }
    }

    [[nodiscard]] Box box(std::size_t object, double t) const {
        const Object& o = objects_[object];
        const float x = bounce(o.x + o.vx * static_cast<float>(t), width_ - o.w);
        const float y = bounce(o.y + o.vy * static_cast<float>(t), height_ - o.h);
        return {x, y, x + o.w, y + o.h};
    }
    /// Every object, exactly; scores differ from object to object.
    [[nodiscard]] std::vector<Detection> at(double t) const {
        std::vector<Detection> all;
        for (std::size_t i = 0; i < objects_.size(); ++i) {
            all.push_back({box(i, t), 0.8F + 0.001F * static_cast<float>(i % 100), 0});
        }
        return all;
    }
    [[nodiscard]] std::size_t size() const { return objects_.size(); }

  private:
    struct Object {
        float x, y, w, h, vx, vy;
    };
    static float bounce(float v, float size) {
        const float m = std::fmod(std::fmod(v, 2 * size) + 2 * size, 2 * size);
        return m < size ? m : 2 * size - m;
    }
    float width_, height_;
    std::vector<Object> objects_;
};

/// Frame `index` at `rate` frames per second.
inline Timestamp pts_of(std::size_t index, double rate = 30) {
    return Timestamp(
        static_cast<Timestamp::rep>(std::llround(1e9 * static_cast<double>(index) / rate)));
}

}  // namespace saccade::test
