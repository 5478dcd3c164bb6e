#include "mot_files.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>

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
    std::ifstream detections(path);
    if (!detections) return fail(ErrorCode::not_found, fmt::format("no {}", path.string()));
    for (int number = 1; std::getline(detections, line); ++number) {
        std::size_t frame = 0;
        float x = 0, y = 0, w = 0, h = 0, score = 0;
        if (std::sscanf(line.c_str(), "%zu,%*f,%f,%f,%f,%f,%f", &frame, &x, &y, &w, &h, &score) !=
                6 ||
            frame < 1 || frame > length) {
            return fail(ErrorCode::corrupt,
                        fmt::format("{}:{}: not a detection", path.string(), number));
        }
        sequence.frames[frame - 1].push_back({{x, y, x + w, y + h}, score, 0});
    }
    return sequence;
}

}  // namespace saccade::bench
