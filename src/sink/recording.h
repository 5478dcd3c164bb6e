// The source's own video, recorded as it comes, in pieces that each play by themselves.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "media/packet_tap.h"
#include "sink/sink.h"

namespace saccade::sink {

struct RecordingOptions {
    std::filesystem::path folder = ".";  ///< made when missing
    std::string stem = "out";
    std::chrono::nanoseconds piece = std::chrono::minutes(10);  ///< length, at least
};

struct Recording {
    std::unique_ptr<Sink> sink;  ///< takes no frames; finish() tells what went wrong
    std::shared_ptr<media::PacketTap> tap;
};

/// Writes STEM.source.000001.mp4 (or .mkv), ... on a thread of its own. A piece begins at an entry
/// point (media/entry_points.h; where none can be told, at a key packet) once the one before is as
/// long as it should be, and wherever the source is opened anew. Numbers go on behind those that
/// are there, and no file is replaced. The piece under way has a temporary name; one that a killed
/// run left gets its own when the next one records to the same stem.
///
/// Where the disk is slower than a live source, pictures up to the next entry point are left out
/// and counted in the log; others wait. A disk that is full, or a file that can't be written, ends
/// the recording and nothing else: what could be written stays, the log says so at once, and
/// finish() at the end.
Recording make_recording(const RecordingOptions& options);

}  // namespace saccade::sink
