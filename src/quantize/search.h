// The plan that loses least: how ranges are chosen, what stays in FP32, and whether it is good
// enough.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "quantize/calibrate.h"
#include "quantize/scan.h"

namespace saccade::quantize {

/// What the gate measured of a plan.
struct Judgement {
    double drop = 0;  ///< in the unit of the limit: points of mAP, or percent of F1
    bool good = false;
};

/// Runs the network by the plan on pictures that it wasn't calibrated on.
using Gate = std::function<Result<Judgement>(const model::Int8Plan&)>;

struct Found {
    model::Int8Plan plan;
    std::map<std::string, double> losses;  ///< by method
    Scan scan;
    Judgement judgement;
    std::size_t layers = 0;  ///< that could run in INT8
};

/// Tries the methods (one where it is given) on the trial, keeps outliers of a scan in FP32, tries
/// again, and while the gate finds the drop too large, further parts in the order of their loss: 1,
/// 3, 7 ... of them. Ends at half of the layers: what is left then is hardly faster. Errors: those
/// of the parts; interrupted. A plan that is not good is returned as such.
Result<Found> search(const Network& network, const Table& table, std::optional<Method> method,
                     model::Int8Shape shape, const Trial& trial, const Gate& gate,
                     const std::stop_token& stop, const Progress& progress);

}  // namespace saccade::quantize
