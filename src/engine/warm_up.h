// What a device does for the first time, done before the first frame.
#pragma once

#include "detect/detector.h"
#include "saccade/error.h"

namespace saccade::engine {

/// Runs so many full batches of grey pictures through the detector, as many at once as it takes:
/// code is loaded, pools are filled, clocks go up. A lack of memory ends it without an error: the
/// governor deals with that when there are frames. Errors: what the detector says.
Result<void> warm_up(detect::Detector& detector, int batches);

}  // namespace saccade::engine
