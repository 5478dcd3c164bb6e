// Compiled networks kept for the next start. Private to this folder: shows OpenVINO's headers.
//
// OpenVINO's own cache (ov::cache_dir) believes its files: one with a flipped bit gives other
// results. So it is not used; what OpenVINO exports is sealed (core/sealed_file.h) and looked at
// before it is imported.
#pragma once

#include <filesystem>
#include <functional>
#include <openvino/openvino.hpp>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/size.h"
#include "saccade/error.h"

namespace saccade::infer {

/// All that a compiled network depends on, in one line: the ONNX bytes, OpenVINO's build, the CPU
/// with what it can do, the properties asked for and the input's size.
std::string cache_key(ov::Core& core, std::string_view onnx, const ov::AnyMap& properties,
                      Size size);

struct CacheEntry {
    std::filesystem::path folder;  ///< "": nothing is kept
    std::string key;
    std::stop_token stop;  ///< asked while another process compiles the same
};

/// The network out of the folder, or compiled and put there. Without a folder that can be used it
/// is compiled each time (core/file_cache.h says when). Errors: those of `compile`; interrupted.
Result<ov::CompiledModel> compile_or_import(
    ov::Core& core, const CacheEntry& entry, const ov::AnyMap& properties,
    const std::function<Result<ov::CompiledModel>()>& compile);

}  // namespace saccade::infer
