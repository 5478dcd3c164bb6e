// A source read at its own pace: a file that behaves like a camera.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "core/clock.h"
#include "media/source.h"

namespace saccade::media {

/// Hands out each frame when its time has come: as long after the first one as their timestamps are
/// apart, never earlier. A frame that the decoder has late comes at once; those behind it keep to
/// the schedule. Behind a discontinuity the schedule starts anew. Its info says `live`.
class PacedSource final : public Source {
  public:
    /// Waits for so long; may return earlier when interrupted.
    using Sleep = std::function<void(std::chrono::nanoseconds)>;

    /// `clock` outlives this. `sleep` is for tests; by default interrupt() ends it.
    PacedSource(std::unique_ptr<Source> source, const Clock& clock, Sleep sleep = {});

    [[nodiscard]] const StreamInfo& info() const noexcept override { return info_; }
    Result<SourceEvent> read() override;
    void interrupt() noexcept override;

  private:
    /// Where the schedule starts: a time of the clock and the timestamp that is due then.
    struct Anchor {
        Clock::time_point time;
        Timestamp pts;
    };

    std::unique_ptr<Source> source_;
    const Clock& clock_;
    Sleep sleep_;
    StreamInfo info_;
    std::optional<Anchor> anchor_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool interrupted_ = false;
};

}  // namespace saccade::media
