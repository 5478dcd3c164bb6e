#include "engine/decoders_of_a_file.h"

#include "media/capabilities.h"

namespace saccade::engine {

std::size_t decoders_of_a_file(const Settings& settings, int decode_device, std::size_t streams) {
    if (settings.decoders > 0) return static_cast<std::size_t>(settings.decoders);
    if (decode_device < 0) return 1;
    const auto engines = static_cast<std::size_t>(media::nvdec_engines(decode_device).value_or(1));
    return std::max<std::size_t>(1, (engines + streams - 1) / std::max<std::size_t>(streams, 1));
}

}  // namespace saccade::engine
