// A build without CUDA.
#include "infer/tensorrt/tensorrt_backend.h"

namespace saccade::infer {
namespace {

constexpr const char* remedy = "run `make gpu` in the project's folder";

tl::unexpected<Error> absent() {
    return fail(ErrorCode::unavailable, "this build has no GPU path", remedy);
}

}  // namespace

BackendDescription describe_tensorrt() {
    return {.name = "tensorrt", .remedy = remedy};
}

Result<std::unique_ptr<Backend>> load_tensorrt(const model::OnnxModel& /*model*/,
                                               const model::ModelSpec& /*spec*/,
                                               const BackendOptions& /*options*/) {
    return absent();
}

Result<BuiltEngine> build_tensorrt_engine(const model::Network& /*network*/,
                                          const EngineBuild& /*build*/) {
    return absent();
}

}  // namespace saccade::infer
