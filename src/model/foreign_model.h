// Model files of other programs: told what they are, and how to get an ONNX file from them.
#pragma once

#include <filesystem>
#include <optional>

#include "saccade/error.h"

namespace saccade::model {

/// Why `path` can't be an ONNX model, by its first bytes and then by its name's ending: PyTorch, TensorRT,
/// TensorFlow, OpenVINO, safetensors ... The file need not exist: then its name tells. Nothing where it
/// may be ONNX. The error is `unsupported`, with the command that makes an ONNX file of it.
[[nodiscard]] std::optional<Error> foreign_model(const std::filesystem::path& path);

}  // namespace saccade::model
