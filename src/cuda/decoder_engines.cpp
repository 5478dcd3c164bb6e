#include "cuda/decoder_engines.h"

#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/dynlink_cuviddec.h>

#include "core/shared_library.h"

namespace saccade::cuda {

std::optional<int> decoder_engines(const char* library) {
    const auto opened = SharedLibrary::open(library);
    tcuvidGetDecoderCaps* ask = nullptr;
    if (!opened.find("cuvidGetDecoderCaps", ask)) return std::nullopt;
    CUVIDDECODECAPS caps{};
    caps.eCodecType = cudaVideoCodec_H264;
    caps.eChromaFormat = cudaVideoChromaFormat_420;
    if (ask(&caps) != CUDA_SUCCESS || caps.bIsSupported == 0) return std::nullopt;
    return caps.nNumNVDECs;
}

}  // namespace saccade::cuda
