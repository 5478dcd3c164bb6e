#include "sink/registry.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sink/formats.h"

namespace saccade::sink {
namespace {

struct Format {
    SinkDescription description;
    std::unique_ptr<Sink> (*make)(const SinkOptions&);
};

const std::vector<Format>& formats() {
    static const std::vector<Format> all = {
        {{"mot", ".txt", "MOTChallenge text, as TrackEval reads it"}, make_mot},
        {{"jsonl", ".jsonl", "JSON lines: everything, without loss"}, make_jsonl},
        {{"coco", ".coco.json", "COCO results JSON: detections for pycocotools"}, make_coco},
        {{"yolo", ".yolo", "folder of YOLO label files, one a frame"}, make_yolo},
        {{"csv", ".csv", "table with the columns of supervision's CSVSink"}, make_csv},
        {{"frames", ".frames.csv", "table of the frames: number, time, size, image file"},
         make_frames},
        {{"md5", ".md5", "digest of each frame's results and of all"}, make_md5},
        {{"video", ".mp4", "annotated video: boxes, labels, trails", true}, make_video},
        {{"crops", ".crops", "folder of the best picture of each track, with a table", true},
         make_crops},
        {{"source", ".source",
          "the source's own video, without re-encoding, in pieces (--piece-minutes)", false, true},
         nullptr},
        {{"counts_json", ".counts.json", "counts of lines and zones", false, false, true},
         make_counts_json},
        {{"counts_csv", ".counts.csv", "the same as a table", false, false, true},
         make_counts_table},
    };
    return all;
}

}  // namespace

const std::vector<SinkDescription>& sinks() {
    static const std::vector<SinkDescription> all = [] {
        std::vector<SinkDescription> list;
        for (const Format& format : formats()) list.push_back(format.description);
        return list;
    }();
    return all;
}

Result<std::unique_ptr<Sink>> make_sink(std::string_view format, const SinkOptions& options) {
    if (options.stem.empty() || options.stem.find('/') != std::string::npos) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("\"{}\" is no stem for a file name", options.stem));
    }
    std::vector<std::string_view> names;
    for (const Format& candidate : formats()) {
        if (candidate.description.name == format && candidate.make != nullptr) {
            return candidate.make(options);
        }
        names.push_back(candidate.description.name);
    }
    return fail(ErrorCode::invalid_argument, fmt::format("unknown output format \"{}\"", format),
                fmt::format("choose from {}", fmt::join(names, ", ")));
}

}  // namespace saccade::sink
