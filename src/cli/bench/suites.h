// The suites of `saccade bench`, a file each.
#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "profile/bench_report.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::cli::bench {

/// What all suites share.
struct Bench {
    Settings settings;
    std::string clip;               ///< location of the video
    std::filesystem::path scratch;  ///< a folder for outputs, removed afterwards
    int repetitions = 5;
    std::size_t frames = 120;       ///< a repetition works on, about
    std::stop_token stop;
    std::function<void(const std::string& what)> say;  ///< progress for a person

    // Limits of this machine, measured once and used by several suites.
    double decode_alone = 0;   ///< frames/s; 0 until measured
    double backend_alone = 0;  ///< images/s, likewise
};

/// Runs `once` a first time without counting it and then repetitions times. It gives a value or
/// fails. Errors: its, and interrupted.
Result<std::vector<double>> repeat(const Bench& bench, const std::function<Result<double>()>& once);

using Rows = std::vector<profile::BenchRow>;

/// Frames a second of the detector fed from memory, by batch; limit: the backend alone.
Result<Rows> run_detector(Bench& bench);
/// Frames a second of decoding alone, by threads.
Result<Rows> run_decode(Bench& bench);
/// Frames a second of the whole engine, by streams; limit: the backend alone.
Result<Rows> run_streams(Bench& bench);
/// The same by size of the video, made from the clip by our own encoder.
Result<Rows> run_resolutions(Bench& bench);
/// Updates a second of each tracker, 50 objects a frame.
Result<Rows> run_trackers(Bench& bench);
/// Milliseconds to load the network with and without a cache, and to the first result.
Result<Rows> run_start(Bench& bench);

struct Suite {
    const char* name;
    const char* summary;
    Result<Rows> (*run)(Bench&);
};
[[nodiscard]] const std::vector<Suite>& suites();

/// Images a second through the backend with no frame to prepare and no box to find, one a batch.
Result<double> measure_backend(const Bench& bench);
/// Frames a second out of the decoder; `threads` as in settings.
Result<double> measure_decode(const Bench& bench, const std::string& clip, int threads);

}  // namespace saccade::cli::bench
