// From a file to the protobuf of an ONNX model, unchecked. Private to src/model.
#pragma once

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "saccade/error.h"

namespace saccade::model {

/// The bytes of a regular file. Errors: not_found, unreadable, unsupported (over 2 GiB),
/// interrupted.
Result<std::string> read_model_file(const std::filesystem::path& path, const std::stop_token& stop);

/// `label` names the file in messages, which say what else the bytes look like.
/// Errors: corrupt, unsupported (over 2 GiB), interrupted.
Result<onnx::ModelProto> parse_proto(std::string_view bytes, const std::string& label,
                                     const std::stop_token& stop);

}  // namespace saccade::model
