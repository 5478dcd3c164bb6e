#include "pipeline/report.h"

namespace saccade::pipeline {

std::vector<DropCount> drop_counts(const Drops& drops) {
    std::vector<DropCount> counts;
    if (drops.detector > 0) {
        counts.push_back({"detect", "the detector was busy", drops.detector});
    }
    if (drops.results > 0) {
        counts.push_back({"detect", "tracker or outputs were behind", drops.results});
    }
    return counts;
}

Latency latency_of(const Histogram& times) {
    return {.frames = times.count(),
            .mean = times.mean(),
            .p50 = times.percentile(0.50),
            .p95 = times.percentile(0.95),
            .p99 = times.percentile(0.99),
            .max = times.max()};
}

}  // namespace saccade::pipeline
