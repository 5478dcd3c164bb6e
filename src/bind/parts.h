// Single parts of the engine for other languages: trackers, measures, pictures, results as text.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bind/words.h"
#include "saccade/error.h"
#include "saccade/frame.h"
#include "saccade/types.h"
#include "track/registry.h"
#include "track/tracker.h"

namespace saccade::bind {

/// As track::trackers() and track::make_tracker().
[[nodiscard]] std::vector<track::TrackerDescription> trackers();
Result<std::unique_ptr<track::Tracker>> make_tracker(const std::string& name,
                                                     const track::TrackerOptions& options);

/// What the images of a source are called in its results.
class Images;
/// Of a file, folder or pattern of images, as it is now; null for anything else.
[[nodiscard]] std::shared_ptr<const Images> images_of(const std::string& source);

/// The line of the jsonl format, without its line break. Of an image file with its names, where
/// `images` knows it; else without them.
[[nodiscard]] std::string frame_json(const FrameResult& result, const Images* images);

struct EvalWords {
    std::string truth, tracks;           ///< folders
    std::vector<std::string> sequences;  ///< empty: all
    std::string benchmark;               ///< "mot15", "mot16", "mot17", "mot20"; "": as told
    bool counts = false;                 ///< crossings and stays instead of tracks
    std::vector<std::string> lines, zones;
    int random_lines = 200, random_zones = 50;
    std::uint64_t seed = 1;
};
/// What `saccade eval --json` prints. Errors: those of eval::evaluate_mot; invalid_argument for an
/// unknown benchmark.
Result<std::string> eval_json(const EvalWords& words);

/// What `saccade val --json` prints. `images` "": beside the annotations. Errors: those of
/// bench::measure_accuracy and of opening the model.
Result<std::string> val_json(const std::string& annotations, const std::string& images,
                             const std::vector<Given>& given);

/// `frame` as packed 8-bit RGB, or BGR, into width x height x 3 bytes at `out`. Chroma and matrix
/// as its colour says. Errors: unsupported for a picture on a device.
Result<void> to_rgb(const Frame& frame, bool bgr, std::uint8_t* out);

/// Waits until all work given to that GPU so far is done. Errors: unavailable without the GPU path;
/// internal where the driver fails.
Result<void> synchronize(int cuda_device);

/// What the process is told once, before the first session: as the program does (cuda/environment).
void prepare_process();

/// The program `saccade`: cli/program.h.
int program(int argc, char** argv);

}  // namespace saccade::bind
