#include "cuda/decoder_engines.h"

#include <dlfcn.h>

#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/dynlink_cuviddec.h>

#include <memory>

namespace saccade::cuda {

std::optional<int> decoder_engines(const char* library) {
    struct Close {
        void operator()(void* opened) const noexcept { ::dlclose(opened); }
    };
    const std::unique_ptr<void, Close> opened(::dlopen(library, RTLD_NOW | RTLD_LOCAL));
    if (!opened) return std::nullopt;
    const auto ask =
        reinterpret_cast<tcuvidGetDecoderCaps*>(::dlsym(opened.get(), "cuvidGetDecoderCaps"));
    if (ask == nullptr) return std::nullopt;
    CUVIDDECODECAPS caps{};
    caps.eCodecType = cudaVideoCodec_H264;
    caps.eChromaFormat = cudaVideoChromaFormat_420;
    if (ask(&caps) != CUDA_SUCCESS || caps.bIsSupported == 0) return std::nullopt;
    return caps.nNumNVDECs;
}

}  // namespace saccade::cuda
