// Lines and zones that may be changed while they are counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace saccade::sink {

/// Texts as in Settings, checked by whoever sets them. Any thread.
class LiveShapes {
  public:
    struct Shapes {
        std::vector<std::string> lines, zones;
        friend bool operator==(const Shapes&, const Shapes&) = default;
    };
    explicit LiveShapes(Shapes shapes) : shapes_(std::move(shapes)) {}

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
    std::atomic<std::uint64_t> version_{0};
};

}  // namespace saccade::sink
