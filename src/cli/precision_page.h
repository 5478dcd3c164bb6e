// What `quantize` and `check-precision` measured, as a page: figures, and the pictures held out in
// which both networks differ most, side by side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/precision_gate.h"
#include "cli/precision_report.h"

namespace saccade::cli {

struct PrecisionPage {
    std::string model, precision, device;
    double max_drop = 0;
    const PrecisionReport& gate;
    const quantize::Trial& held_out;  ///< the pictures, with what FP32 finds there
    const std::vector<std::string>& class_names;
    std::optional<Speed> speed;
    const quantize::Found* found = nullptr;  ///< of `quantize`: methods, layers and their losses
};

/// One HTML file without anything outside it. Errors: those of media::encode_jpeg.
Result<std::string> to_html(const PrecisionPage& page);
/// As `file`, whole or not at all. Errors: those of to_html; unwritable.
Result<void> write_page(const std::string& file, const PrecisionPage& page);

}  // namespace saccade::cli
