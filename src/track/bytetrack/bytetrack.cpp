#include "track/bytetrack/bytetrack.h"

namespace saccade::track {

template class TwoStageTracker<XyahFilter>;

}  // namespace saccade::track
