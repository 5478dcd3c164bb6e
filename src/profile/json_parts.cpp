#include "profile/json_parts.h"

namespace saccade::profile {

using nlohmann::json;

json to_json(const Machine& machine) {
    json versions = json::object();
    for (const auto& [name, version] : machine.versions) versions[name] = version;
    return {{"cpu", machine.cpu},
            {"cores", machine.cores},
            {"memory_bytes", machine.memory},
            {"os", machine.os},
            {"kernel", machine.kernel},
            {"gpu", machine.gpu},
            {"compiler", machine.compiler},
            {"build", machine.build},
            {"load", machine.load},
            {"versions", std::move(versions)}};
}

json to_json(const Distribution& d) {
    return {{"count", d.count}, {"mean_ms", d.mean}, {"p50_ms", d.p50}, {"p95_ms", d.p95},
            {"p99_ms", d.p99},  {"max_ms", d.max},   {"sum_ms", d.sum}};
}

std::string json_text(const json& document) {
    return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace saccade::profile
