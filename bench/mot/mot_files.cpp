#include "mot_files.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "eval/mot_file.h"

namespace saccade::bench {

Result<DetectionSequence> read_detections(const std::filesystem::path& dir) {
    DetectionSequence sequence;
    std::ifstream info(dir / "seqinfo.ini");
    if (!info) {
        return fail(ErrorCode::not_found, fmt::format("no seqinfo.ini in {}", dir.string()),
                    "give the folder of a MOTChallenge sequence");
    }
    std::string line;
    std::size_t length = 0;
    while (std::getline(info, line)) {
        const auto equals = line.find('=');
        if (equals == std::string::npos) continue;
        const std::string key = line.substr(0, equals), value = line.substr(equals + 1);
        if (key == "name") sequence.name = value.substr(0, value.find_last_not_of("\r ") + 1);
        if (key == "frameRate") sequence.rate = std::atof(value.c_str());
        if (key == "seqLength") length = std::strtoul(value.c_str(), nullptr, 10);
        if (key == "imWidth") sequence.width = std::atoi(value.c_str());
        if (key == "imHeight") sequence.height = std::atoi(value.c_str());
    }
    sequence.frames.resize(length);

    const auto path = dir / "det" / "det.txt";
    const auto file = eval::read_mot_file(path, eval::MotFileKind::detections);
    if (!file) return fail(file.error());
    if (static_cast<std::size_t>(file->last_frame) > length) {
        return fail(ErrorCode::corrupt, fmt::format("{} has a frame {} of {}", path.string(),
                                                    file->last_frame, length));
    }
    for (const eval::MotRow& row : file->rows) {
        const Box box{static_cast<float>(row.x), static_cast<float>(row.y),
                      static_cast<float>(row.x + row.width),
                      static_cast<float>(row.y + row.height)};
        sequence.frames[static_cast<std::size_t>(row.frame - 1)].push_back(
            {box, static_cast<float>(row.confidence), 0});
    }
    return sequence;
}

}  // namespace saccade::bench
