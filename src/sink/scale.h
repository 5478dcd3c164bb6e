// A picture at another size.
#pragma once

#include "sink/picture.h"

namespace saccade::sink {

/// Fills `to`, at the size it has, with `from`: bilinear with half-pixel centres. Meant for the
/// rare stream that changes size, so plain rather than fast; strong reduction aliases.
void scale(const Picture& from, Picture& to);

}  // namespace saccade::sink
