// Real networks of the shared test data, unpacked once a build.
#pragma once

#include <filesystem>
#include <string>

namespace saccade::test {

/// "yolo11n" -> the ONNX file, from models/NAME.onnx or NAME.onnx.xz of the shared data; packed
/// ones are unpacked (by the program xz) into a folder of the temporary directory and kept there.
/// Empty where there is no such model or no xz.
std::filesystem::path real_model(const std::string& name);

}  // namespace saccade::test

/// First line of a test that runs a real network: `SACCADE_NEEDS_MODEL("yolo11n", path);`
#define SACCADE_NEEDS_MODEL(name, file)                                                        \
    const std::filesystem::path file = ::saccade::test::real_model(name);                      \
    if ((file).empty()) {                                                                      \
        GTEST_SKIP() << "no models/" << (name) << ".onnx(.xz) in SACCADE_SHARED or ../shared"; \
    }
