// A FrameFeed as a source: pictures that the program has.
#pragma once

#include <cstdint>
#include <memory>

#include "media/source.h"
#include "saccade/frame_feed.h"

namespace saccade::media {

/// The feed's only reader: whoever pushes is told that the stream has ended when this goes. Its
/// frames get `stream` as their number. Errors: invalid_argument for a feed that does not say its
/// size.
Result<std::unique_ptr<Source>> open_feed(std::shared_ptr<FrameFeed> feed, std::uint32_t stream);

}  // namespace saccade::media
