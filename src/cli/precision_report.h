// What `quantize` says of its result, as JSON and in words.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/precision_gate.h"
#include "quantize/search.h"

namespace saccade::cli {

struct QuantizeReport {
    std::string model, output;  ///< names of the files
    std::string device;         ///< "cpu", or "cuda": simulated
    std::size_t calibrated = 0, held_out = 0;  ///< pictures
    double max_drop = 0;
    quantize::Found found;
    PrecisionReport gate;
    Speed speed;  ///< 0 where it was simulated
};

[[nodiscard]] nlohmann::json to_json(const QuantizeReport& report);

/// Some lines for people.
[[nodiscard]] std::string to_text(const QuantizeReport& report);

}  // namespace saccade::cli
