#include "sink/json_string.h"

#include <nlohmann/json.hpp>

namespace saccade::sink {

std::string json_string(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace saccade::sink
