#include "cli/clip.h"

#include <cstdlib>
#include <filesystem>

namespace saccade::cli {

namespace fs = std::filesystem;

std::string real_clip() {
    const char* shared = std::getenv("SACCADE_SHARED");
    const fs::path candidates[] = {
        fs::path(shared != nullptr ? shared : "../shared") / "video" / "people_1080p30.mp4",
        "/usr/share/doc/opencv-doc/examples/data/vtest.avi",
    };
    std::error_code ignored;
    for (const fs::path& path : candidates) {
        if (fs::is_regular_file(path, ignored)) return path.string();
    }
    return {};
}

}  // namespace saccade::cli
