// What all sinks have in common: the order of calls, the count, and that a failure is final.
#pragma once

#include <cstdint>
#include <optional>

#include "sink/sink.h"

namespace saccade::sink {

/// Calls out of order, or with a number that is not finite, are `internal` errors. After the first
/// error of any kind discard() has been called and every further call returns that same error: a
/// file with a gap never gets its final name.
class OrderedSink : public Sink {
  public:
    Result<void> begin(const Context& context) final;
    Result<void> write(const FrameResult& result, const Frame& frame) final;
    Result<void> finish(Outcome outcome) final;

  protected:
    virtual Result<void> open() = 0;
    virtual Result<void> put(const FrameResult& result, const Frame& frame) = 0;
    /// Puts the output in place.
    virtual Result<void> close(Outcome outcome) = 0;
    /// Removes what is there so far. Also without open() before.
    virtual void discard() noexcept = 0;

    [[nodiscard]] const Context& context() const noexcept { return context_; }
    /// Frames put so far.
    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }

  private:
    enum class State { fresh, begun, finished };
    Result<void> expect(State state, const char* call);
    Result<void> settle(Result<void> outcome);

    Context context_;
    std::uint64_t frames_ = 0;
    State state_ = State::fresh;
    std::optional<Error> error_;
};

}  // namespace saccade::sink
