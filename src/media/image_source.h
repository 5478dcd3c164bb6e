// A Source over image files.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "media/source.h"

namespace saccade::media {

/// Frames of the files `paths` in that order, decoded ahead on options.decoder_threads threads. A
/// file's place in the order gives its index and its time (place / image_rate), so that one that
/// can't be read leaves a gap in both, a Discontinuity that names it, and a word at the end.
/// `names`: what they are called in results; none: names of their own.
/// Errors: invalid_argument (image_rate), else those of the first file where none can be read.
Result<std::unique_ptr<Source>> open_images(const std::string& name, std::vector<std::string> paths,
                                            const SourceOptions& options,
                                            std::shared_ptr<const ImageNames> names = nullptr);

}  // namespace saccade::media
