// How many video decoders (NVDEC engines) a GPU has.
#pragma once

#include <optional>

namespace saccade::cuda {

/// Those of the GPU whose context is current on this thread, as libnvcuvid tells of H.264, which
/// every NVDEC knows. Nothing where the library, its call or a context is missing. The library is
/// opened at run time, and closed again.
std::optional<int> decoder_engines(const char* library = "libnvcuvid.so.1");

}  // namespace saccade::cuda
