// Summaries and snapshots as plain values of Python's.
#pragma once

#include "glue.h"
#include "saccade/snapshot.h"

namespace saccade::python {

[[nodiscard]] nb::dict summary_dict(const StreamSummary& summary);
[[nodiscard]] nb::dict snapshot_dict(const SessionSnapshot& snapshot);

}  // namespace saccade::python
