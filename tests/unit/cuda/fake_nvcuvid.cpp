// An NVCUVID for tests. FAKE_NVCUVID_ENGINES: NVDEC engines; "refused": without a context, as the
// real one.
#include <ffnvcodec/dynlink_cuda.h>
#include <ffnvcodec/dynlink_cuviddec.h>

#include <cstdlib>
#include <cstring>

extern "C" CUresult cuvidGetDecoderCaps(CUVIDDECODECAPS* caps) {
    const char* engines = std::getenv("FAKE_NVCUVID_ENGINES");
    if (engines == nullptr || std::strcmp(engines, "refused") == 0)
        return static_cast<CUresult>(201);
    const bool h264 = caps->eCodecType == cudaVideoCodec_H264 && caps->nBitDepthMinus8 == 0 &&
                      caps->eChromaFormat == cudaVideoChromaFormat_420;
    caps->bIsSupported = h264 ? 1 : 0;
    caps->nNumNVDECs = static_cast<unsigned char>(std::atoi(engines));
    return CUDA_SUCCESS;
}
