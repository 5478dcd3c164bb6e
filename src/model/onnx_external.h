// Weights that stand in files beside an ONNX model. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <stop_token>
#include <string>

#include "saccade/error.h"

namespace saccade::model {

/// Reads them into the model, which is then whole in memory. `folder` is the model's own: only
/// regular files in it or below are read, whatever links say. Each tensor's offset, length and
/// (where given) the file's SHA-1 are checked; model and weights may have 2 GiB together. `label`
/// names the model's file, of `model_bytes` bytes. Format: onnx.proto, TensorProto.external_data
/// (location, offset, length, checksum). Errors: not_found (naming the file), unreadable, corrupt,
/// unsupported, interrupted.
Result<void> read_external(onnx::ModelProto& proto, const std::filesystem::path& folder,
                           const std::string& label, std::size_t model_bytes, std::stop_token stop);

}  // namespace saccade::model
