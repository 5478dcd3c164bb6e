// Pieces that both reports' JSON share.
#pragma once

#include <nlohmann/json.hpp>

#include "profile/machine.h"
#include "profile/statistics.h"

namespace saccade::profile {

[[nodiscard]] nlohmann::json to_json(const Machine& machine);
[[nodiscard]] nlohmann::json to_json(const Distribution& d);  ///< with "_ms" in its keys
/// Text of a document; bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string json_text(const nlohmann::json& document);

}  // namespace saccade::profile
