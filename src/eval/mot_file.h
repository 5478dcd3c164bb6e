// The text files of MOTChallenge: one box a line, "frame, id, x, y, width, height, confidence,
// class, ...", comma or blank separated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "saccade/error.h"

namespace saccade::eval {

enum class MotFileKind {
    truth,       ///< gt/gt.txt: 8 columns or more
    tracks,      ///< a tracker's result: 7 columns or more
    detections,  ///< det/det.txt: 7 columns or more; ids mean nothing and may repeat
};

struct MotRow {
    int frame = 1;  ///< from 1
    std::int64_t id = 0;
    double x = 0, y = 0, width = 0, height = 0;  ///< px; not clipped, a size may be 0 or below
    double confidence = 1;                       ///< in truth files 0 means: not to be judged
    int class_id = 1;  ///< of MOTChallenge; 1 where there is no column, -1 where it says nothing
};

/// Rows by ascending frame, and as in the file within a frame.
struct MotFile {
    std::vector<MotRow> rows;
    int last_frame = 0;  ///< 0 without rows
};

/// Blank lines are skipped. Ten columns throughout whose eighth is no class in some line are those of the 3D
/// format, "..., confidence, x, y, z": the place in the world is left alone, classes are -1.
/// Errors: not_found, unreadable; corrupt, with file and line, for a line
/// with too few columns, a column that is not a finite number, a frame below 1, or (but in
/// detections) an id that a frame has twice.
Result<MotFile> read_mot_file(const std::filesystem::path& path, MotFileKind kind);
/// As read_mot_file, from text; `name` stands for the file in messages.
Result<MotFile> parse_mot_file(std::string_view text, std::string_view name, MotFileKind kind);

}  // namespace saccade::eval
