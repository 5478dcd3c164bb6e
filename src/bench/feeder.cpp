#include "bench/feeder.h"

#include "bench/suites.h"

namespace saccade::bench {

Result<double> Feeder::throughput(std::size_t batches) {
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t submitted = 0, collected = 0; collected < batches;) {
        if (submitted < batches && detector_.in_flight() < detector_.depth()) {
            if (auto done = submit(); !done) return fail(done.error());
            ++submitted;
            continue;
        }
        if (const auto done = detector_.collect(); !done) return fail(done.error());
        ++collected;
    }
    return static_cast<double>(batches * batch_) / seconds_since(start);
}

Result<void> Feeder::latencies(std::size_t batches, std::vector<double>& ms) {
    for (std::size_t i = 0; i < batches; ++i) {
        const auto start = std::chrono::steady_clock::now();
        if (auto done = submit(); !done) return fail(done.error());
        if (const auto done = detector_.collect(); !done) return fail(done.error());
        ms.push_back(1e3 * seconds_since(start));
    }
    return {};
}

Result<void> Feeder::submit() {
    some_.clear();
    for (std::size_t i = 0; i < batch_; ++i) some_.push_back(frames_[next_++ % frames_.size()]);
    return detector_.submit(some_);
}

}  // namespace saccade::bench
