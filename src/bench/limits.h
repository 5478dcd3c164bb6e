// What parts of the machine do at most by themselves: the limits that a row is held against.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "bench/suites.h"
#include "detect/detector.h"
#include "infer/backend.h"

namespace saccade::bench {

/// What the detector runs on, once more, without its pre- and postprocessing.
class BackendAlone {
  public:
    /// As the detector of these settings and this goal has it, of which `detector` tells. Errors:
    /// those of engine::open_detector.
    static Result<BackendAlone> open(const Settings& settings, infer::Goal goal,
                                     const detect::DetectorInfo& detector);

    [[nodiscard]] const infer::BackendInfo& info() const noexcept { return backend_->info(); }
    /// Images a second over about `images` of them with all slots always under way.
    Result<double> measure(int batch, std::size_t images);

  private:
    explicit BackendAlone(std::unique_ptr<infer::Backend> backend) : backend_(std::move(backend)) {}
    std::unique_ptr<infer::Backend> backend_;
};

/// How to decode, alone.
struct DecodeOptions {
    int threads = 0;           ///< of each decoder; 0: the codec's choice
    int cuda_device = -1;      ///< -1: the host
    std::size_t streams = 1;   ///< at once
    std::size_t decoders = 1;  ///< of each, a thread each
    std::chrono::seconds at_most = std::chrono::hours(1);  ///< then it is enough
};
/// Frames a second of all streams together, opening included.
Result<double> measure_decode(const Bench& bench, const std::string& clip,
                              const DecodeOptions& options);

/// The slower of the two alone is the limit of a whole run. Measured between the repetitions of the
/// run, so that both see the same load of the machine; on a GPU once in front of them, so that only
/// the run's own memory is seen.
class RunLimit {
  public:
    static Result<RunLimit> prepare(Bench& bench, const Settings& settings, std::string clip,
                                    std::size_t streams);
    /// To be called in front of each repetition.
    Result<void> measure();
    /// Median of both, the smaller one into the row.
    void put(profile::BenchRow& row) const;

  private:
    RunLimit(const Bench& bench, std::string clip) : bench_(&bench), clip_(std::move(clip)) {}

    const Bench* bench_;
    std::string clip_;
    DecodeOptions decode_;
    bool once_ = false;
    std::optional<BackendAlone> backend_;
    std::vector<double> backend_rates_, decode_rates_;
};

}  // namespace saccade::bench
