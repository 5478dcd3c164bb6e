// A network made into one in INT8: calibrated, searched, judged, measured.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/precision_gate.h"
#include "cli/precision_report.h"
#include "quantize/frames.h"
#include "saccade/settings.h"

namespace saccade::cli {

struct QuantizeFlags {
    std::vector<std::string> calib;  ///< as the user named it
    std::size_t images = 200, held_out = 48;
    std::string method = "auto";
    GateFlags gate;
};

/// Makes `model` into `output`, which is written only where the gate finds the loss small enough
/// (report.gate.good), and the page of flags.gate, always. Settings: device, family, input size.
/// Errors: those of its parts; interrupted.
Result<QuantizeReport> quantize_model(const Settings& settings, const QuantizeFlags& flags,
                                      const std::filesystem::path& model,
                                      const std::filesystem::path& output, std::stop_token stop,
                                      quantize::Progress progress);

/// Why nothing was written: what is lost, and where most of it.
Error lost_too_much(const QuantizeReport& report);

}  // namespace saccade::cli
