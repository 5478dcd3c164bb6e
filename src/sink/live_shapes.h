// Lines and zones that may be changed while they are counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "track/ground.h"

namespace saccade::sink {

/// Texts as in Settings, checked by whoever sets them. Any thread.
class LiveShapes {
  public:
    struct Shapes {
        std::vector<std::string> lines, zones;
        friend bool operator==(const Shapes&, const Shapes&) = default;
    };
    /// `ground`: for shapes in metres; may be none.
    explicit LiveShapes(Shapes shapes, std::shared_ptr<const track::GroundPlane> ground = nullptr)
        : shapes_(std::move(shapes)), ground_(std::move(ground)) {}

    [[nodiscard]] const track::GroundPlane* ground() const noexcept { return ground_.get(); }

    void set(Shapes shapes) {
        std::lock_guard lock(mutex_);
        if (shapes == shapes_) return;
        shapes_ = std::move(shapes);
        version_.fetch_add(1, std::memory_order_release);
    }
    [[nodiscard]] Shapes get() const {
        std::lock_guard lock(mutex_);
        return shapes_;
    }
    /// Another number after each change.
    [[nodiscard]] std::uint64_t version() const noexcept {
        return version_.load(std::memory_order_acquire);
    }

  private:
    mutable std::mutex mutex_;
    Shapes shapes_;
    std::shared_ptr<const track::GroundPlane> ground_;
    std::atomic<std::uint64_t> version_{0};
};

}  // namespace saccade::sink
