// What `quantize` and `check-precision` say of their results, as JSON and in words.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/precision_gate.h"
#include "quantize/search.h"

namespace saccade::cli {

struct QuantizeReport {
    std::string model, output;                 ///< names of the files
    std::string device;                        ///< "cpu", or "cuda": simulated
    std::size_t calibrated = 0, held_out = 0;  ///< pictures
    double max_drop = 0;
    quantize::Found found;
    PrecisionReport gate;
    Speed speed;  ///< 0 where it was simulated
};

[[nodiscard]] nlohmann::json to_json(const QuantizeReport& report);
[[nodiscard]] nlohmann::json to_json(const PrecisionReport& gate);
[[nodiscard]] nlohmann::json to_json(const Speed& speed);

/// Some lines for people. `precision`: its name there.
[[nodiscard]] std::string to_text(const QuantizeReport& report);
[[nodiscard]] std::string to_text(const PrecisionReport& gate, const std::string& precision);
[[nodiscard]] std::string to_text(const Speed& speed, const std::string& precision);

/// "loses 0.70 points of mAP, 0.50 is allowed".
[[nodiscard]] std::string loss_in_words(const PrecisionReport& gate, double max_drop);
/// What to do where it is no faster than another precision of the same network; else "".
[[nodiscard]] std::string advice(const Speed& speed, const std::string& precision);

}  // namespace saccade::cli
