// What image files say of themselves beside their pixels, where FFmpeg's decoders don't pass it on.
#pragma once

#include <string>
#include <string_view>

#include "media/orientation.h"

namespace saccade::media {

/// How an image file wants its picture turned, by the Exif tag Orientation: in the eXIf chunk of a PNG, the
/// EXIF chunk of a WebP, or a TIFF's own first directory. Upright for other kinds of files, and where there
/// is no such tag or the data is broken. (JPEG's is told by its decoder.)
[[nodiscard]] Orientation exif_orientation(std::string_view file) noexcept;

/// "an animated PNG with 3 pictures", say, where a file that is to be one picture holds several: APNG, WebP,
/// GIF, TIFF (thumbnails and masks are not counted). "" for one picture.
[[nodiscard]] std::string several_pictures(std::string_view file);

}  // namespace saccade::media
