// MOTChallenge sequences of detections, as the tracker benchmarks read them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "saccade/error.h"
#include "saccade/types.h"

namespace saccade::bench {

/// One sequence. Frame 1 of the files is frames[0]; boxes stay in the file's coordinates.
struct DetectionSequence {
    std::string name;
    double rate = 30;           ///< frames per second
    int width = 0, height = 0;  ///< px
    std::vector<std::vector<Detection>> frames;

    [[nodiscard]] Timestamp pts(std::size_t frame) const {
        return Timestamp(static_cast<Timestamp::rep>(1e9 * static_cast<double>(frame) / rate));
    }
};

/// Reads DIR/seqinfo.ini and DIR/det/det.txt. Errors: not_found, unreadable, corrupt.
Result<DetectionSequence> read_detections(const std::filesystem::path& dir);

}  // namespace saccade::bench
