// A Source over one container: demuxer, decoder, pictures and times together.
#pragma once

#include <memory>
#include <string>

#include "media/source.h"

namespace saccade::media {

/// Any file, pipe or URL that libavformat reads. The first picture is decoded before this returns,
/// so that StreamInfo says what frames are really like.
Result<std::unique_ptr<Source>> open_stream(const std::string& location,
                                            const SourceOptions& options);

}  // namespace saccade::media
