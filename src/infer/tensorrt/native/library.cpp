#include <fmt/format.h>

#include <utility>

#include "core/log.h"
#include "infer/tensorrt/native/native.h"

namespace saccade::infer::tensorrt {
namespace SACCADE_TENSORRT {
namespace {

class NativeLibrary final : public Library {
  public:
    NativeLibrary(SharedLibrary runtime, SharedLibrary parser, Version version, EntryPoints entry)
        : runtime_file_(std::move(runtime)),
          parser_file_(std::move(parser)),
          version_(version),
          entry_(entry) {}

    [[nodiscard]] const Version& version() const noexcept override { return version_; }

    Result<Built> build(const BuildRequest& request) override {
        return SACCADE_TENSORRT::build(entry_, parser_file_, version_, logger_, request);
    }

    Result<std::unique_ptr<Engine>> load(std::string_view plan) override {
        if (!runtime_) {
            runtime_.reset(
                static_cast<nvinfer1::IRuntime*>(entry_.create_runtime(&logger_, entry_.version)));
        }
        if (!runtime_) {
            return fail(failure(ErrorCode::unavailable, "TensorRT does not start", logger_));
        }
        return SACCADE_TENSORRT::load(*runtime_, logger_, plan);
    }

  private:
    // Destroyed in the other order: the libraries last.
    const SharedLibrary runtime_file_, parser_file_;
    const Version version_;
    const EntryPoints entry_;
    Logger logger_;
    std::unique_ptr<nvinfer1::IRuntime> runtime_;
};

}  // namespace

void Logger::log(Severity severity, const char* message) noexcept {
    try {
        log::debug("TensorRT: {}", message);
        if (severity > Severity::kERROR) return;
        const std::lock_guard lock(mutex_);
        if (error_.empty()) error_ = message;
    } catch (const std::exception&) {
        // A message that can't be stored is no reason to end a build.
    }
}

std::string Logger::take_error() {
    const std::lock_guard lock(mutex_);
    std::string error = std::exchange(error_, {});
    return error.empty() ? "no reason given" : error;
}

Error failure(ErrorCode code, const std::string& what, Logger& logger, std::string remedy) {
    return {code, fmt::format("{}: {}", what, logger.take_error()), std::move(remedy)};
}

}  // namespace SACCADE_TENSORRT

template <>
Result<std::unique_ptr<Library>> open_native<Headers::SACCADE_TENSORRT>(SharedLibrary runtime,
                                                                        SharedLibrary parser,
                                                                        const Version& version) {
    SACCADE_TENSORRT::EntryPoints entry;
    entry.create_builder =
        runtime.symbol<void* (*)(void*, std::int32_t)>("createInferBuilder_INTERNAL");
    entry.create_runtime =
        runtime.symbol<void* (*)(void*, std::int32_t)>("createInferRuntime_INTERNAL");
    const auto number = runtime.symbol<std::int32_t (*)()>("getInferLibVersion");
    // The builder lives in a library of its own where only plans are to be run.
    if (entry.create_runtime == nullptr || entry.create_builder == nullptr || number == nullptr) {
        return fail(ErrorCode::unavailable, to_string(version) + " is not whole",
                    "install it again");
    }
    entry.version = number();
    return std::make_unique<SACCADE_TENSORRT::NativeLibrary>(std::move(runtime), std::move(parser),
                                                             version, entry);
}

}  // namespace saccade::infer::tensorrt
