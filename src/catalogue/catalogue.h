// The models that this program knows by name: what they are, and where they come from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace saccade::catalogue {

struct Model {
    std::string name;      ///< as --model has it: "yolox_nano"
    std::string family;    ///< how its output is read, as --family has it
    int input = 640;       ///< side of its input, px
    std::string licence;   ///< SPDX
    std::string homepage;  ///< of who publishes it

    // The file, where it is published as ONNX; else none of these.
    std::string url;
    std::uint64_t bytes = 0;
    std::string sha256;  ///< lower-case hex

    /// mAP50-95 on COCO val2017 as its makers publish it, per cent, and where.
    double published_map = 0;
    std::string published_in;
    /// The same on the project's 120 images, measured by `saccade bench models --coco`; 0: not
    /// measured. It compares only with others of this column.
    double measured_map = 0;
    /// Frames a second of detection alone on two cores of an AMD EPYC, FP32; 0: not measured.
    double cpu_fps = 0;
    /// Likewise on one H100, FP16, batch 32; 0: not measured.
    double h100_fps = 0;

    /// What makes NAME.onnx where none is published, a shell command each.
    std::vector<std::string> export_commands;

    [[nodiscard]] bool fetched() const { return !url.empty(); }
};

/// In the order in which they are listed: those that can be fetched first.
[[nodiscard]] const std::vector<Model>& models();

/// The model of that name, nullptr where none has it.
[[nodiscard]] const Model* find(std::string_view name);

/// The smallest that can be fetched: what `saccade demo` takes, and what is offered where there is
/// no model.
[[nodiscard]] const Model& first_model();

}  // namespace saccade::catalogue
