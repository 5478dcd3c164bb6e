// What the files of native/ share. They are compiled once for each header set of TensorRT, with
// SACCADE_TENSORRT naming the namespace (trt10, trt11, rtx) and nvinfer1 and nvonnxparser renamed
// alike, so that inline functions of one header set never stand in for those of another.
#pragma once

#include <NvInfer.h>
#include <NvOnnxParser.h>

#include <memory>
#include <mutex>
#include <string>

#include "infer/tensorrt/api.h"
#include "infer/tensorrt/library.h"

namespace saccade::infer::tensorrt::SACCADE_TENSORRT {

/// TensorRT's messages: to our log as debug lines; the first error is kept for ours.
class Logger final : public nvinfer1::ILogger {
  public:
    void log(Severity severity, const char* message) noexcept override;
    /// The first error since the last call, "no reason given" where there was none.
    std::string take_error();

  private:
    std::mutex mutex_;  // builders log from threads of their own
    std::string error_;
};

/// The library's C entry points.
struct EntryPoints {
    void* (*create_builder)(void* logger, std::int32_t version) = nullptr;
    void* (*create_runtime)(void* logger, std::int32_t version) = nullptr;
    std::int32_t version = 0;  ///< the library's, which it accepts from older and newer headers
};

/// Errors of the build and of loading, with what TensorRT said last.
Error failure(ErrorCode code, const std::string& what, Logger& logger, std::string remedy = {});

Result<Built> build(const EntryPoints& entry, const SharedLibrary& parser, const Version& version,
                    Logger& logger, const BuildRequest& request);

Result<std::unique_ptr<Engine>> load(nvinfer1::IRuntime& runtime, Logger& logger,
                                     std::string_view plan);

}  // namespace saccade::infer::tensorrt::SACCADE_TENSORRT
