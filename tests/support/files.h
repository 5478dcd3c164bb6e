// Whole files in and out, and where the optional test data is.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace saccade::test {

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Root of the checkout (ctest sets it).
inline std::filesystem::path source_dir() {
    const char* dir = std::getenv("SACCADE_SOURCE_DIR");
    return dir != nullptr ? dir : ".";
}

/// Folder of the shared test data, empty where it is absent: such tests skip and say so.
inline std::filesystem::path shared_dir() {
    const char* dir = std::getenv("SACCADE_SHARED");
    const std::filesystem::path path =
        dir != nullptr ? std::filesystem::path(dir) : source_dir() / ".." / "shared";
    std::error_code ignored;
    return std::filesystem::is_directory(path, ignored) ? path : std::filesystem::path();
}

}  // namespace saccade::test

/// First line of a test that reads `relative` of the shared data.
#define SACCADE_NEEDS_SHARED(relative)                                            \
    if (::saccade::test::shared_dir().empty() ||                                  \
        !std::filesystem::exists(::saccade::test::shared_dir() / (relative))) {   \
        GTEST_SKIP() << "no " << (relative) << " in SACCADE_SHARED or ../shared"; \
    }
