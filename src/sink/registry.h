// Output formats by name.
//
// A new format is one file with a maker, its line in formats.h and in registry.cpp, and one in the
// contract suite (tests/contract/sink).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "media/encoder.h"
#include "saccade/error.h"
#include "sink/device_painter.h"
#include "sink/live_shapes.h"
#include "sink/sink.h"

namespace saccade::sink {

using EncoderOpener = std::function<Result<std::unique_ptr<media::Encoder>>(
    const std::filesystem::path&, const media::EncoderOptions&)>;

using PainterOpener = std::function<Result<std::unique_ptr<DevicePainter>>(int device)>;

/// What one stream's sinks are made with. Each format reads the fields that concern it.
struct SinkOptions {
    std::filesystem::path folder = ".";  ///< made when missing
    std::string stem = "out";            ///< of the file names; unique within a run, no slash

    /// Also write tracks in state `lost` in the formats that hold one box an object (mot, csv,
    /// yolo, video): for results whose gaps were interpolated, where such a box is an estimate and
    /// not a guess. jsonl and md5 always hold everything.
    bool include_lost = false;

    bool ground = false;  ///< csv: columns for places on the ground

    bool coco_category_ids = true;  ///< coco: COCO's 91-numbering where the classes are COCO's 80

    media::EncoderChoice encoder = {};  ///< video; as media::check_encoder found it good
    int encoder_threads = 0;            ///< video: 0 is the encoder's choice
    int trail_length = 30;              ///< video: frames that a trail goes back, 0 for none
    EncoderOpener open_encoder;         ///< video: empty for media::open_encoder
    PainterOpener open_painter;         ///< video: empty for open_device_painter

    std::shared_ptr<const LiveShapes> shapes;  ///< counts: lines and zones; none: nothing
};

/// One format, for help and docs.
struct SinkDescription {
    std::string_view name;      ///< as in --save
    std::string_view suffix;    ///< what follows the stem in the file name
    std::string_view summary;   ///< one line
    bool needs_pixels = false;  ///< Sink::wants_pixels()
    bool of_packets = false;    ///< of the source's packets, not its frames: make_recording()
    bool of_counts = false;     ///< written where there are lines or zones; no choice of --save
};

/// All formats, in the order for a list; those of counts come last.
[[nodiscard]] const std::vector<SinkDescription>& sinks();

/// Makes a sink; touches no file before begin().
/// Errors: invalid_argument for an unknown format or an option out of range.
Result<std::unique_ptr<Sink>> make_sink(std::string_view format, const SinkOptions& options);

}  // namespace saccade::sink
