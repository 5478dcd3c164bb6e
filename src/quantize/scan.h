// Which layers lose how much in INT8, each by itself: what must stay in FP32 of any network.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "quantize/frames.h"
#include "quantize/trial.h"

namespace saccade::quantize {

/// Layers next to one another, and what is lost where they alone are in INT8.
struct Part {
    std::vector<std::string> layers;  ///< by output
    double loss = 0;                  ///< Drift::loss
};

struct Scan {
    double whole = 0;         ///< loss with all layers in INT8
    std::vector<Part> parts;  ///< all layers once, most loss first
    /// Layers that lose more by themselves than so much of the whole.
    [[nodiscard]] std::vector<std::string> outliers() const;
};

/// Parts that lose little are measured as one; others are halved down to single layers (those that
/// share an input stay together). The plan's own kept layers stay kept. Errors: those of drift_of.
Result<Scan> scan(const Network& network, const model::Int8Plan& plan, model::Int8Shape shape,
                  const Trial& trial, const std::stop_token& stop, const Progress& progress);

}  // namespace saccade::quantize
