// What of a stream can be changed while it runs.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "saccade/types.h"

namespace saccade::pipeline {

/// Set by any thread; each stage reads it once a frame, which costs a load where nothing has
/// changed.
class Controls {
  public:
    struct Values {
        float confidence = 0;      ///< scores of detections must be above, else they are left out
        std::vector<int> classes;  ///< ascending; others are left out; empty: none is
        int stride = 1;            ///< see Sampler
        double max_fps = 0;

        /// Whether it leaves detections out at all.
        [[nodiscard]] bool filters() const noexcept { return confidence > 0 || !classes.empty(); }
        [[nodiscard]] bool keeps(const Detection& detection) const {
            return detection.score > confidence &&
                   (classes.empty() ||
                    std::binary_search(classes.begin(), classes.end(), detection.class_id));
        }
    };

    /// What one reader has seen.
    struct View {
        std::uint64_t version = 0;
        std::shared_ptr<const Values> values = std::make_shared<const Values>();
    };

    Controls() = default;
    explicit Controls(Values values) { set(std::move(values)); }

    void set(Values values) {
        auto made = std::make_shared<const Values>(std::move(values));
        std::lock_guard lock(mutex_);
        values_ = std::move(made);
        version_.fetch_add(1, std::memory_order_release);
    }
    [[nodiscard]] Values get() const {
        std::lock_guard lock(mutex_);
        return *values_;
    }
    /// Valid until the next call with the same view.
    const Values& read(View& view) const {
        if (view.version != version_.load(std::memory_order_acquire)) {
            std::lock_guard lock(mutex_);
            view.values = values_;
            view.version = version_.load(std::memory_order_relaxed);
        }
        return *view.values;
    }

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Values> values_ = std::make_shared<const Values>();
    std::atomic<std::uint64_t> version_{0};
};

}  // namespace saccade::pipeline
