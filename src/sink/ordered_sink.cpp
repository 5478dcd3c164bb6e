#include "sink/ordered_sink.h"

#include <fmt/format.h>

#include "sink/objects.h"

namespace saccade::sink {

Result<void> OrderedSink::begin(const Context& context) {
    if (auto good = expect(State::fresh, "begin"); !good) return good;
    state_ = State::begun;
    context_ = context;
    return settle(open());
}

Result<void> OrderedSink::write(const FrameResult& result, const Frame& frame) {
    if (auto good = expect(State::begun, "write"); !good) return good;
    if (auto good = settle(check_finite(result)); !good) return good;
    auto done = settle(put(result, frame));
    if (done) ++frames_;
    return done;
}

Result<void> OrderedSink::finish(Outcome outcome) {
    if (auto good = expect(State::begun, "finish"); !good) return good;
    state_ = State::finished;
    return settle(close(outcome));
}

Result<void> OrderedSink::expect(State state, const char* call) {
    if (error_) return fail(*error_);
    if (state_ == state) return {};
    return fail(ErrorCode::internal, fmt::format("{}: {} out of order", path(), call));
}

Result<void> OrderedSink::settle(Result<void> outcome) {
    if (!outcome) {
        error_ = outcome.error();
        discard();
    }
    return outcome;
}

}  // namespace saccade::sink
