// What the settings say of the network and its devices, understood.
#pragma once

#include <optional>

#include "infer/device.h"
#include "infer/precision.h"
#include "memory/limit.h"
#include "model/prepared_model.h"
#include "saccade/error.h"
#include "saccade/settings.h"

namespace saccade::settings {

struct NetworkChoices {
    infer::DeviceChoice device;
    std::optional<infer::Precision> precision;  ///< none: the device's own
    model::SpecOverrides overrides;             ///< of what the model's file says
    std::optional<memory::Limit> memory;        ///< of each device; none: the device's own
};

/// Errors: invalid_argument, naming the setting and what it may be.
[[nodiscard]] Result<NetworkChoices> network_choices(const Settings& settings);

}  // namespace saccade::settings
