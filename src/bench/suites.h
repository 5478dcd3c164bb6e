// The suites of `saccade bench`, a file each.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/frame.h"
#include "eval/coco_dataset.h"
#include "eval/coco_evaluator.h"
#include "profile/bench_report.h"
#include "profile/sampler.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::bench {

/// What the detector of the settings turned out to be.
struct Device {
    int cuda = -1;      ///< GPU that reads frames where they are; -1: the host
    int max_batch = 1;  ///< of a run by these settings
};

/// What all suites share.
struct Bench {
    Settings settings;
    std::string clip;               ///< a file or "synthetic:...", as the user named it
    std::filesystem::path scratch;  ///< a folder for outputs, removed afterwards
    std::filesystem::path clips;    ///< where made clips are kept; the scratch folder unless told
    int repetitions = 5;
    std::size_t frames = 120;        ///< a repetition works on, about, all streams together
    std::vector<int> batches;        ///< to sweep; empty: what suits the device
    std::vector<int> counts;         ///< of streams, likewise
    std::vector<std::string> sizes;  ///< of videos: "1080p", "4k", "8k"; empty: all
    std::vector<int> inputs = {640, 480, 320};  ///< of the network, px
    std::vector<std::string> models;            ///< to compare; empty: that of the settings
    std::string coco;  ///< instances.json of a data set that tells their accuracy; may be empty
    std::stop_token stop;
    std::function<void(const std::string& what)> say;  ///< progress for a person

    std::optional<Device> device;  ///< see device_of
};

/// The detector's device: loads it once for all suites.
Result<Device> device_of(Bench& bench);

/// Runs `once` a first time without counting it and then repetitions times. It gives a value or
/// fails. Errors: its, and interrupted.
Result<std::vector<double>> repeat(const Bench& bench, const std::function<Result<double>()>& once);

[[nodiscard]] inline double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

using Rows = std::vector<profile::BenchRow>;

/// Frames a second of the detector fed from memory, by batch; limit: the backend alone.
Result<Rows> run_detector(Bench& bench);
/// Frames a second of decoding alone, by threads; on a GPU by streams too.
Result<Rows> run_decode(Bench& bench);
/// Frames a second of the whole engine, by streams; limit: backend or decoders alone.
Result<Rows> run_streams(Bench& bench);
/// The same by size of the video, made from the clip by our own encoder, and input of the network.
Result<Rows> run_resolutions(Bench& bench);
/// Frames a second, latency, memory and, on a COCO data set, accuracy, by model.
Result<Rows> run_models(Bench& bench);
/// Updates a second of each tracker, 50 objects a frame.
Result<Rows> run_trackers(Bench& bench);
/// Milliseconds to load the network with and without a cache, and to the first result.
Result<Rows> run_start(Bench& bench);

// Single rows, which others put into tables of their own.

/// One model of the settings, as the suite models has it; accuracy only with a data set.
Result<profile::BenchRow> model_row(const Bench& bench, const Settings& settings,
                                    const eval::CocoDataset* dataset);
/// Accuracy alone, on a data set whose file is bench.coco.
Result<eval::CocoSummary> model_accuracy(const Bench& bench, const Settings& settings,
                                         const eval::CocoDataset& dataset);
/// Files to tracks, `streams` of the same at once; nothing is measured beside it.
Result<profile::BenchRow> whole_run_row(Bench& bench, const Settings& settings,
                                        const std::string& clip, std::size_t streams);
/// Milliseconds of a first frame without and with the settings' warm-up, and of a later one.
Result<Rows> first_frame_rows(const Bench& bench, const Settings& settings, int cuda_device);

struct Suite {
    const char* name;
    const char* summary;
    Result<Rows> (*run)(Bench&);
};
[[nodiscard]] const std::vector<Suite>& suites();

/// A location that gives `frames` frames, from the bench's clip repeated or cut short.
/// Errors: those of media::copy_clip; unsupported for what is no single file.
Result<std::string> clip_of(const Bench& bench, std::size_t frames);

/// The bench's clip scaled to a size and encoded again, H.264 up to 1080p and HEVC above.
Result<std::string> scaled_clip(const Bench& bench, int width, int height, std::size_t frames);

/// The clip's first frames where the detector reads them (a GPU, -1: the host), so that the decoder
/// has no part in it.
Result<std::vector<Frame>> some_frames(const Bench& bench, int cuda_device, std::size_t count);

/// What the process, others and the GPU did while repetitions ran, as columns beside a row.
class Usage {
  public:
    explicit Usage(const Device& device = {}) : gpu_(device.cuda) {}

    /// Around one repetition, counted or not.
    void begin();
    void end();
    /// Medians without the first repetition, which warmed up, in front of the row's other details.
    void put(profile::BenchRow& row) const;

  private:
    int gpu_;  ///< CUDA ordinal, -1: none
    std::chrono::nanoseconds machine_{0};
    std::vector<double> others_;
    std::optional<profile::Sampler> sampler_;
    std::chrono::steady_clock::time_point start_;
    std::vector<double> cores_, busy_, decoder_, memory_;
};

}  // namespace saccade::bench
