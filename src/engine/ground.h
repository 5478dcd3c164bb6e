// The ground plane in a run: read once, then each stream's places on it.
#pragma once

#include <memory>
#include <vector>

#include "pipeline/pipeline.h"
#include "saccade/engine.h"
#include "saccade/error.h"
#include "saccade/settings.h"
#include "track/ground_motion.h"

namespace saccade::engine {

/// What settings.ground tells of; none where it names no file or nothing is tracked. Errors: those
/// of read_ground; invalid_argument where lines or zones are in metres and there is no ground, or
/// where they lie behind its horizon.
Result<std::shared_ptr<const track::GroundPlane>> open_ground(Mode mode, const Settings& settings);

/// Lets results through `before`, if any, and gives tracks their places.
class Grounding final : public pipeline::ResultFilter {
  public:
    Grounding(std::unique_ptr<pipeline::ResultFilter> before, const track::GroundPlane& plane)
        : before_(std::move(before)), motion_(plane) {}

    void push(FrameResult result, std::vector<FrameResult>& ready) override;
    void flush(std::vector<FrameResult>& ready) override;
    [[nodiscard]] std::size_t delay() const noexcept override {
        return before_ ? before_->delay() : 0;
    }

  private:
    std::unique_ptr<pipeline::ResultFilter> before_;
    track::GroundMotion motion_;
};

}  // namespace saccade::engine
