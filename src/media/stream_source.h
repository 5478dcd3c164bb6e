// Sources over one container: a feed of its packets, and a decoder for each source.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "media/source.h"

namespace saccade::media {

/// Any file, pipe or URL that libavformat reads. The first picture is decoded before this returns,
/// so that StreamInfo says what frames are really like.
Result<std::unique_ptr<Source>> open_stream(const std::string& location,
                                            const SourceOptions& options);

/// With up to so many decoders: see open_sources.
Result<std::vector<std::unique_ptr<Source>>> open_stream_in_parts(const std::string& location,
                                                                  const SourceOptions& options,
                                                                  std::size_t decoders);

}  // namespace saccade::media
