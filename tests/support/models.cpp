#include "support/models.h"

#include <unistd.h>

#include <cstdlib>

#include "support/files.h"

namespace saccade::test {

std::filesystem::path real_model(const std::string& name) {
    namespace fs = std::filesystem;
    const fs::path shared = shared_dir();
    if (shared.empty()) return {};
    const fs::path plain = shared / "models" / (name + ".onnx");
    if (fs::exists(plain)) return plain;
    const fs::path packed = shared / "models" / (name + ".onnx.xz");
    if (!fs::exists(packed)) return {};
    const fs::path folder =
        fs::temp_directory_path() / ("saccade-test-models-" + std::to_string(::getuid()));
    fs::create_directories(folder);
    const fs::path unpacked = folder / (name + ".onnx");
    if (fs::exists(unpacked) && fs::last_write_time(unpacked) >= fs::last_write_time(packed)) {
        return unpacked;
    }
    // Renamed when whole: tests may run side by side.
    const fs::path partial = unpacked.string() + "." + std::to_string(::getpid());
    const std::string command = "xz -dc '" + packed.string() + "' > '" + partial.string() + "'";
    if (std::system(command.c_str()) != 0) {
        fs::remove(partial);
        return {};
    }
    fs::rename(partial, unpacked);
    return unpacked;
}

}  // namespace saccade::test
